package check

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
)

func TestCheckMissesTheScopeForUserGroups(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", "S0DBA")
	require.Contains(t, checked(t, apptest.LoadConfig(t, config)), "FAIL  Slack: the bot token lacks the scope usergroups:write")
}

func TestCheckOfUserGroups(t *testing.T) {
	workspace, _, group := apptest.UserGroupWorkspace(t)
	config := apptest.WriteConfig(t, workspace, "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", group)
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_NETWORK", "S0NONE")
	out := checked(t, apptest.LoadConfig(t, config))
	require.Contains(t, out, "ok    Slack: the user group "+group+" follows who is on call as database administrator")
	require.Contains(t, out, "FAIL  Slack: the user group S0NONE cannot follow who is on call as network administrator")
}
