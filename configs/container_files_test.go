package configs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestPathsOfLogFiles(t *testing.T) {
	problems := func(place configs.LogPlace) (found []string) {
		c := configs.Default()
		c.Logs.Clean = []configs.LogPlace{place}
		for _, p := range c.Validate() {
			if strings.HasPrefix(p.Path, "logs") {
				found = append(found, p.Path)
			}
		}
		return found
	}
	require.Empty(t, problems(configs.ExampleLogs().Clean[0]))
	require.Equal(t, []string{"logs.clean[0].workload", "logs.clean[0].paths"}, problems(configs.LogPlace{}))
	for _, bad := range []string{"var/log", "/", "/var/log/", "/var/../etc", "/var/log/*", "/var/log/$APP", "~/logs", "/proc/1", "/dev", "", "/a\nb"} {
		require.Equal(t, []string{"logs.clean[0].paths[0]"}, problems(configs.LogPlace{Workload: "mail", Paths: []string{bad}}), bad)
	}
	require.Equal(t, []string{"logs.clean[0].logrotate"}, problems(configs.LogPlace{Workload: "mail", Paths: []string{"/var/log"}, Logrotate: "logrotate.conf"}))
}

func TestPathsOfFileBackups(t *testing.T) {
	for path, fine := range map[string]bool{
		"/var/uploads": true, "/run/app": true, "/": false, "/var": false, "/run": false, "/run/secrets": false, "/var/run/secrets/kubernetes.io/serviceaccount": false,
		"uploads": false, "/var/../run/secrets": false, "-x": false, "/proc/1/environ": false, "/var/uploads/": false,
	} {
		c := configs.Default()
		c.Backup.Files = []configs.FilePlace{{Workload: "api-gateway", Paths: []string{path}}}
		var found []string
		for _, p := range c.Validate() {
			if strings.HasPrefix(p.Path, "backup.files") {
				found = append(found, p.Path)
			}
		}
		require.Equal(t, fine, len(found) == 0, "%s: %v", path, found)
	}
}
