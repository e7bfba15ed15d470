package check

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
)

func TestCheckMissesTheScopeForUserGroups(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", "S0DBA")
	require.Contains(t, checked(t, apptest.LoadConfig(t, config)), "FAIL  Slack: the bot token lacks the scope usergroups:write")
}

func TestCheckOfUserGroups(t *testing.T) {
	workspace := apptest.UserGroupWorkspace(t)
	client := slack.New(workspace.BotToken(), slack.OptionAPIURL(workspace.APIURL()))
	made, err := client.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
	require.NoError(t, err)
	config := apptest.WriteConfig(t, workspace, "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", made.ID)
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_NETWORK", "S0NONE")
	out := checked(t, apptest.LoadConfig(t, config))
	require.Contains(t, out, "ok    Slack: the user group "+made.ID+" follows who is on call as database administrator")
	require.Contains(t, out, "FAIL  Slack: the user group S0NONE cannot follow who is on call as network administrator")
}
