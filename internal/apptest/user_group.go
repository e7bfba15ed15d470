package apptest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/app/generate"
	"opsbot/configs"
	"opsbot/slacksim"
)

// UserGroupWorkspace is a workspace in which opsbot may change user groups.
func UserGroupWorkspace(t *testing.T) *slacksim.Workspace {
	t.Helper()
	withGroups := configs.Default()
	withGroups.Slack.UserGroups.DBA = "S0"
	manifest, err := generate.Manifest(withGroups)
	require.NoError(t, err)
	require.Contains(t, string(manifest), "usergroups:write")
	return slacksim.New(t, slacksim.Options{Manifest: manifest})
}
