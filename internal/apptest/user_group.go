package apptest

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/app/generate"
	"opsbot/configs"
	"opsbot/slacksim"
)

// UserGroupWorkspace is a workspace with a user group that opsbot may change.
func UserGroupWorkspace(t *testing.T) (workspace *slacksim.Workspace, client *slack.Client, group string) {
	t.Helper()
	withGroups := configs.Default()
	withGroups.Slack.UserGroups.DBA = "S0"
	manifest, err := generate.Manifest(withGroups)
	require.NoError(t, err)
	require.Contains(t, string(manifest), "usergroups:write")
	workspace = slacksim.New(t, slacksim.Options{Manifest: manifest})
	client = slack.New(workspace.BotToken(), slack.OptionAPIURL(workspace.APIURL()))
	made, err := client.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
	require.NoError(t, err)
	return workspace, client, made.ID
}
