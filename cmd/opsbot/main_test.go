package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
)

// typed is what a person sees who types a command.
func typed(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	code = run(t.Context(), args, &out, &problems)
	return code, out.String(), problems.String()
}

func TestExitCodes(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	broken := filepath.Join(t.TempDir(), "opsbot.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("slack: {token: x}\n"), 0o600))
	archive := t.TempDir()
	t.Setenv("OPSBOT_STORAGE_ARCHIVE", archive)
	for name, tt := range map[string]struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		"a command that works":                 {[]string{"version"}, 0, "opsbot ", ""},
		"a command that is not there":          {[]string{"demo"}, 1, "", `opsbot: unknown command "demo"`},
		"an option of a wrong value":           {[]string{"operations", "-o", "xml"}, 1, "", "want table or json"},
		"findings":                             {[]string{"check", "--config", config}, 2, "FAIL  Kubernetes", "problem(s) found"},
		"a configuration that is wrong":        {[]string{"check", "--config", broken}, 2, "slack.token", "problem(s) found"},
		"serve with it":                        {[]string{"serve", "--config", broken}, 1, "", "slack.token"},
		"an empty archive":                     {[]string{"store", "archive", "--config", config}, 0, "", ""},
		"an incident that is not in it":        {[]string{"store", "archive", "INC-3", "--config", config}, 1, "", "INC-3 is not in the archive " + archive},
		"the manifest without a configuration": {[]string{"manifest"}, 0, "socket_mode_enabled: true", ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := typed(t, tt.args...)
			require.Equal(t, tt.code, code, stderr)
			require.Contains(t, stdout, tt.stdout)
			require.Contains(t, stderr, tt.stderr)
		})
	}
}

// The flags of who reach the question.
func TestWhoByItsFlags(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	alert := filepath.Join(t.TempDir(), "alert.json")
	require.NoError(t, os.WriteFile(alert, []byte(`{"alertname": "PostgresDown", "service": "postgres", "severity": "critical"}`), 0o600))
	args := []string{"who", "--config", config, "--offline", "--timezone", "Asia/Shanghai", "--at", "2026-03-09 08:52", "--alert", alert}
	code, stdout, stderr := typed(t, args...)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "routed to the database administrator")
	require.Contains(t, stdout, "Mon 2026-03-09 08:52:00 CST")
	code, stdout, stderr = typed(t, append(args, "-o", "json")...)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, `"role": "dba"`)
	code, _, stderr = typed(t, "who", "--config", config)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `required flag(s) "alert" not set`)
}

// Each cluster has RBAC of its own, for its namespace.
func TestRBACOfACluster(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	text, err := os.ReadFile(config)
	require.NoError(t, err)
	clusters := regexp.MustCompile(`(?m)^kubernetes: .*$`).ReplaceAllString(string(text), "clusters: [{name: prod}, {name: staging, kubeconfig: s, namespace: shop}]")
	require.NoError(t, os.WriteFile(config, []byte(clusters), 0o600))
	code, stdout, stderr := typed(t, "rbac", "--config", config, "--cluster", "staging")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "namespace: shop")
	require.NotContains(t, stdout, "namespace: ecommerce-k8s")
	code, _, stderr = typed(t, "rbac", "--config", config)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "there are several clusters: give --cluster with one of prod, staging")
}
