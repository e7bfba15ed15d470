package oncall_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
)

func TestDirectoryOfTheHandbook(t *testing.T) {
	d := fixture.Directory(t)
	require.Equal(t, "李四", d.ByRole(oncall.DBA)[0].Name)
	c, ok := d.BySlack(fixture.Zhaoliu)
	require.True(t, ok)
	require.Equal(t, oncall.Development, c.Role)
	_, ok = d.BySlack("")
	require.False(t, ok)
	require.Len(t, d.Reachable(oncall.Everyone), 4)
}

func TestContactProblemsAreToldAtOnce(t *testing.T) {
	table := fixture.Contacts()
	table[0].Role = "厨师"
	table[1].Phone, table[1].Name = "ask at the desk", ""
	table[2].Email, table[2].Slack = "not an address", "wangwu"
	table[3].ID, table[3].Email, table[3].Slack = "lisi", "", ""
	_, err := oncall.NewDirectory(table)
	require.Error(t, err)
	var paths []string
	for _, line := range strings.Split(err.Error(), "\n") {
		path, _, _ := strings.Cut(line, ": ")
		paths = append(paths, path)
	}
	require.Equal(t, []string{
		"contacts[0].role", "contacts[1].name", "contacts[1].phone", "contacts[2].email", "contacts[2].slack",
		"contacts[3].slack", "contacts[3].id",
	}, paths)
}

func TestRouting(t *testing.T) {
	routing := fixture.Handbook().Routing
	for name, tt := range map[string]struct {
		labels map[string]string
		want   oncall.Role
	}{
		"named by label":         {map[string]string{"role": "network", "service": "postgres"}, oncall.Network},
		"named in Chinese":       {map[string]string{"team": "开发负责人"}, oncall.Development},
		"unknown team":           {map[string]string{"team": "kitchen", "service": "redis"}, oncall.DBA},
		"postgres":               {map[string]string{"service": "postgres"}, oncall.DBA},
		"postgres exporter":      {map[string]string{"job": "postgres-exporter"}, oncall.DBA},
		"by alert name":          {map[string]string{"alertname": "DiskAlmostFull"}, oncall.DBA},
		"ingress":                {map[string]string{"app": "ingress-nginx"}, oncall.Network},
		"dns":                    {map[string]string{"alertname": "CoreDNSErrors"}, oncall.Network},
		"application":            {map[string]string{"tier": "backend", "service": "user-service"}, oncall.Development},
		"database in backend":    {map[string]string{"tier": "backend", "service": "redis"}, oncall.DBA},
		"not a database":         {map[string]string{"service": "feedback"}, oncall.System},
		"nothing known about it": {map[string]string{}, oncall.System},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, routing.Role(tt.labels))
		})
	}
}

func TestRoutingRefusesBadRules(t *testing.T) {
	for want, rule := range map[string]oncall.Rule{
		"routing rules[0].pattern": {Label: "app", Pattern: "(", Role: oncall.DBA},
		"routing rules[0].label":   {Pattern: "x", Role: oncall.DBA},
		"routing rules[0].role":    {Label: "app", Pattern: "x", Role: "chef"},
	} {
		_, err := oncall.NewRouting(nil, []oncall.Rule{rule}, oncall.System)
		require.ErrorContains(t, err, want)
	}
}
