package directory

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/bot/slacktest"
	"opsbot/slacksim"
)

func inChannels(t *testing.T, test func(t *testing.T, w *slacktest.Workspace, c *Channels)) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		test(t, w, &Channels{Slack: w.Client, Now: time.Now, Log: zap.NewNop()})
	})
}

// requireSharing checks what is known of a channel.
func requireSharing(t *testing.T, c *Channels, channel string, shared, known bool) {
	t.Helper()
	got, err := c.IsShared(t.Context(), channel)
	require.Equal(t, []bool{shared, known}, []bool{got, err == nil}, "shared, known: %v", err)
}

func TestAChannelIsSharedOnceAnotherOrganisationIsInvited(t *testing.T) {
	inChannels(t, func(t *testing.T, w *slacktest.Workspace, c *Channels) {
		ops := w.ChannelID("#ops")
		requireSharing(t, c, ops, false, true)
		w.ShareInOrganisation("#ops")
		c.Forget(ops)
		requireSharing(t, c, ops, false, true)
		w.InviteOrganisation("#ops", "T0OTHER")
		c.Forget(ops)
		requireSharing(t, c, ops, true, true)
		w.ShareChannel("#ops", "T0OTHER")
		c.Forget(ops)
		requireSharing(t, c, ops, true, true)
		w.UnshareChannel("#ops", "T0OTHER")
		c.Forget(ops)
		requireSharing(t, c, ops, false, true)
	})
}

func TestWhatIsKnownOfAChannelIsUsedForAMinute(t *testing.T) {
	inChannels(t, func(t *testing.T, w *slacktest.Workspace, c *Channels) {
		ops := w.ChannelID("#ops")
		for range 5 {
			requireSharing(t, c, ops, false, true)
		}
		require.Equal(t, 1, w.CallCount("conversations.info"))
		w.ShareChannel("#ops", "T0OTHER")
		requireSharing(t, c, ops, false, true)
		time.Sleep(channelTTL)
		requireSharing(t, c, ops, true, true)

		w.SetOffline(true) // what was shared stays shared until Slack says otherwise
		time.Sleep(24 * time.Hour)
		requireSharing(t, c, ops, true, true)
	})
}

func TestOldKnowledgeOfAChannelIsNone(t *testing.T) {
	inChannels(t, func(t *testing.T, w *slacktest.Workspace, c *Channels) {
		ops, general := w.ChannelID("#ops"), w.ChannelID("#general")
		requireSharing(t, c, ops, false, true)
		w.SetOffline(true)
		requireSharing(t, c, general, false, false)
		time.Sleep(channelTTL + channelStale - time.Second)
		requireSharing(t, c, ops, false, true)
		time.Sleep(2 * time.Second)
		requireSharing(t, c, ops, false, false)
		w.SetOffline(false)
		time.Sleep(channelRetry)
		requireSharing(t, c, ops, false, true)
	})
}

func TestDirectMessagesAndAllowedChannelsAreNotAskedAbout(t *testing.T) {
	inChannels(t, func(t *testing.T, w *slacktest.Workspace, c *Channels) {
		w.ShareChannel("#ops", "T0OTHER")
		ops := w.ChannelID("#ops")
		c.Allowed = []string{ops}
		for _, channel := range []string{"", w.User("dba").ID(), "D0123", ops} {
			requireSharing(t, c, channel, false, true)
		}
		require.Zero(t, w.CallCount("conversations.info"))
		c.Allowed = []string{"ops"}
		requireSharing(t, c, ops, false, true)
		requireSharing(t, c, w.ChannelID("#incidents"), false, true)
	})
}

func TestTrustedChannelsGoByNameOrID(t *testing.T) {
	inChannels(t, func(t *testing.T, w *slacktest.Workspace, c *Channels) {
		ops, incidents := w.ChannelID("#ops"), w.ChannelID("#incidents")
		require.False(t, c.IsTrusted(t.Context(), ops))
		require.Zero(t, w.CallCount("conversations.info"), "nothing is trusted")
		c.Trusted = []string{"ops"}
		require.True(t, c.IsTrusted(t.Context(), ops))
		require.False(t, c.IsTrusted(t.Context(), incidents))
		c.Trusted = []string{incidents}
		require.True(t, c.IsTrusted(t.Context(), incidents))
	})
}
