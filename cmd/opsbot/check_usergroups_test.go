package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckMissesTheScopeForUserGroups(t *testing.T) {
	config := writeConfig(t, testWorkspace(t), "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", "S0DBA")
	require.Contains(t, checked(t, loadConfig(t, config)), "FAIL  Slack: the bot token lacks the scope usergroups:write")
}

func TestCheckOfUserGroups(t *testing.T) {
	workspace, _, group := userGroupWorkspace(t)
	config := writeConfig(t, workspace, "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", group)
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_NETWORK", "S0NONE")
	out := checked(t, loadConfig(t, config))
	require.Contains(t, out, "ok    Slack: the user group "+group+" follows who is on call as database administrator")
	require.Contains(t, out, "FAIL  Slack: the user group S0NONE cannot follow who is on call as network administrator")
}
