package bot

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func TestUserGroupsFollow(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		dba, network := d.slack.User("dba").ID(), d.slack.User("network").ID()
		made, err := d.config.Slack.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
		require.NoError(t, err)
		groups := UserGroups{Slack: d.config.Slack}
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
		require.Equal(t, 2, d.slack.CallCount("usergroups.users.update"))

		members, err := d.config.Slack.GetUserGroupMembers(made.ID)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{dba, network}, members)
		require.NoError(t, groups.Find(t.Context(), made.ID))
		require.ErrorIs(t, groups.Find(t.Context(), "S0NONE"), ErrNoUserGroup)
	})
}

func TestOneUserGroupThatFailsDoesNotKeepTheOthers(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		made, err := d.config.Slack.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
		require.NoError(t, err)
		groups := UserGroups{Slack: d.config.Slack}
		dba := []string{d.slack.User("dba").ID()}
		changed, err := groups.Keep(t.Context(), map[string][]string{"S0GONE": dba, made.ID: dba})
		require.ErrorIs(t, err, ErrNoUserGroup)
		require.Equal(t, []string{made.ID}, changed)

		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: "usergroups.users.update", Code: "permission_denied"})
		_, err = groups.Keep(t.Context(), map[string][]string{made.ID: {d.slack.User("network").ID()}})
		require.ErrorContains(t, err, "permission_denied")
	})
}
