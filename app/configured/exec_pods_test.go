package configured

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestProgramsRunInThePodsThatTheConfigurationNames(t *testing.T) {
	c := configs.Default()
	c.Database.Workload, c.Cache.Workload = "statefulset/postgres", ""
	c.Logs = configs.Logs{Clean: []configs.LogPlace{{Workload: "deployment/user-service"}, {Workload: "statefulset/mail"}}}
	c.Backup.Files = []configs.FilePlace{{Workload: "api-gateway"}}
	require.True(t, fits(t, c, "postgres-0"))
	require.True(t, fits(t, c, "user-service-6d5f7c9b8-x2x4q"))
	require.True(t, fits(t, c, "mail-0"))
	require.True(t, fits(t, c, "api-gateway-6d5f7c9b8-x2x4q"))
	require.False(t, fits(t, c, "order-service-6d5f7c9b8-x2x4q"))

	// Where a selector finds the database, nothing says how its pods are named: exec is not limited to pods then, as docs/rights.md says.
	c.Database.Workload, c.Database.Selector = "", "app=postgres"
	require.Empty(t, ExecPods(c))
	c.Access.ExecPods = []string{"main-[0-9]+"}
	require.Equal(t, []string{"main-[0-9]+"}, ExecPods(c), "what is written down is all")
}

func fits(t *testing.T, c configs.Config, pod string) bool {
	t.Helper()
	for _, p := range ExecPods(c) {
		if regexp.MustCompile("^(" + p + ")$").MatchString(pod) {
			return true
		}
	}
	return false
}
