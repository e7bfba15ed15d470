package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
)

// checked is what check prints where it finds something.
func checked(t *testing.T, c configs.Config) string {
	t.Helper()
	var out strings.Builder
	var found *Findings
	require.ErrorAs(t, Run(t.Context(), &out, c), &found)
	return out.String()
}

// The channel for stakeholders is looked for like the incident channel.
func TestCheckLooksForTheChannelOfUpdates(t *testing.T) {
	c := apptest.Config(t, apptest.Workspace(t))
	for channel, want := range map[string]string{
		"general": "ok    Slack: The channel for stakeholders #general is there", "nowhere": "FAIL  Slack: The channel for stakeholders #nowhere cannot be used (channel_not_found)",
	} {
		c.Incident.UpdatesChannel = channel
		var out strings.Builder
		require.Error(t, Run(t.Context(), &out, c))
		require.Contains(t, out.String(), want)
	}
}

// check says in the configured language what is well and what is not, and finds the cluster that is not there.
func TestCheck(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	for locale, want := range map[string][]string{
		"en":    {"ok    the configuration is valid", "ok    contacts: every role", "warn  contacts: no system administrator is paged by another channel than Slack", "FAIL  Kubernetes: opsbot cannot act as dba@company.com"},
		"zh-CN": {"ok    配置有效", "ok    联系人：每个角色", "FAIL  Kubernetes：opsbot 无法在集群 default 中以 dba@company.com"},
	} {
		c.Locale = locale
		var out strings.Builder
		err := Run(t.Context(), &out, c)
		require.ErrorContains(t, err, "problem(s) found")
		for _, line := range want {
			require.Contains(t, out.String(), line)
		}
	}
}

func TestCheckStorage(t *testing.T) {
	database, _ := apptest.Database(t)
	slack := apptest.Workspace(t)
	for _, tt := range []struct{ database, want string }{
		{"postgres", "ok    the database server can be used"},
		{"nothing", "FAIL  storage.url: check postgres://postgres@127.0.0.1:"},
	} {
		database.Path = tt.database
		config, err := configs.Load(configs.Source{File: apptest.WriteConfigOn(t, slack, "127.0.0.1:0", database.String())})
		require.NoError(t, err)
		var out strings.Builder
		require.Error(t, Run(t.Context(), &out, *config), "there is no cluster")
		require.Contains(t, out.String(), tt.want)
	}
}
