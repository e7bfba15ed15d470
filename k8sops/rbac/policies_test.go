package rbac

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPodsOfAWorkload(t *testing.T) {
	for _, c := range []struct {
		workload    string
		pods, other []string
	}{
		{"postgres", []string{"postgres-0", "postgres-6c8b4d9f7-x2x4q"}, []string{"postgres", "postgres-", "postgres-exporter-6c8b4d9f7-x2x4q", "my-postgres-0"}},
		{"deployment/postgres", []string{"postgres-6c8b4d9f7-x2x4q"}, []string{"postgres-0", "postgres-exporter-6c8b4d9f7-x2x4q"}},
		{"StatefulSet/postgres", []string{"postgres-0", "postgres-12"}, []string{"postgres-6c8b4d9f7-x2x4q", "postgres-0-0"}},
		{"cluster/main.db", []string{"main.db-1"}, []string{"mainxdb-1"}},
	} {
		whole := regexp.MustCompile("^(" + PodsOf(c.workload) + ")$")
		for _, name := range c.pods {
			require.True(t, whole.MatchString(name), "%s: %s", c.workload, name)
		}
		for _, name := range c.other {
			require.False(t, whole.MatchString(name), "%s: %s", c.workload, name)
		}
	}
}
