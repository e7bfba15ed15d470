package check

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
)

func TestCheckFindsTheIncidentChannelShared(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	require.NotContains(t, checked(t, c), "Other organisations")
	slack.InviteOrganisation("#incidents", "T0OTHER")
	require.Contains(t, checked(t, c), "FAIL  Slack: Other organisations read #incidents or are invited to it: opsbot writes nothing there, and its messages go to the system administrator. Use a channel of your own")
	c.Slack.SharedChannels = []string{"incidents"}
	require.Contains(t, checked(t, c), "ok    Slack: Other organisations read #incidents, and slack.shared_channels lets opsbot write there.")
}
