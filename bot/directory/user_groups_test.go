package directory

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/bot/slacktest"
	"opsbot/slacksim"
)

func TestUserGroupsFollow(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		dba, network := w.User("dba").ID(), w.User("network").ID()
		made, err := w.Client.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
		require.NoError(t, err)
		groups := UserGroups{Slack: w.Client}
		keep := func(users ...string) []string {
			changed, err := groups.Keep(t.Context(), map[string][]string{made.ID: users})
			require.NoError(t, err)
			return changed
		}
		require.Equal(t, []string{made.ID}, keep(dba))
		require.Empty(t, keep(dba), "nothing has changed")
		require.Equal(t, []string{made.ID}, keep(dba, network))
		require.Empty(t, keep(network, dba), "nor in another order")
		require.Empty(t, keep(), "a group cannot be empty")
		require.Equal(t, 2, w.CallCount("usergroups.users.update"))

		members, err := w.Client.GetUserGroupMembers(made.ID)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{dba, network}, members)
		require.NoError(t, groups.Find(t.Context(), made.ID))
		require.ErrorIs(t, groups.Find(t.Context(), "S0NONE"), ErrNoUserGroup)
	})
}

func TestOneUserGroupThatFailsDoesNotKeepTheOthers(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		made, err := w.Client.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
		require.NoError(t, err)
		groups := UserGroups{Slack: w.Client}
		dba := []string{w.User("dba").ID()}
		changed, err := groups.Keep(t.Context(), map[string][]string{"S0GONE": dba, made.ID: dba})
		require.ErrorIs(t, err, ErrNoUserGroup)
		require.Equal(t, []string{made.ID}, changed)

		w.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: "usergroups.users.update", Code: "permission_denied"})
		_, err = groups.Keep(t.Context(), map[string][]string{made.ID: {w.User("network").ID()}})
		require.ErrorContains(t, err, "permission_denied")
	})
}
