package bot

import (
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func TestPeople(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		people := NewPeople(d.config.Slack, time.Now)
		dba := d.slack.User("dba")
		for range 3 {
			p, err := people.Person(t.Context(), dba.ID())
			require.NoError(t, err)
			require.Equal(t, Person{ID: dba.ID(), Name: "李四", Email: "dba@company.com", Locale: "zh-CN", Timezone: "Asia/Shanghai"}, p)
		}
		require.Equal(t, 1, d.slack.CallCount("users.info"), "remembered")

		p, err := people.ByEmail(t.Context(), "dba@company.com")
		require.NoError(t, err)
		require.Equal(t, dba.ID(), p.ID)
		_, err = people.ByEmail(t.Context(), "nobody@company.com")
		require.ErrorIs(t, err, ErrNoPerson)

		d.slack.SetOffline(true)
		time.Sleep(peopleTTL + time.Second)
		_, err = people.Person(t.Context(), dba.ID())
		require.NoError(t, err, "an outage of Slack locks nobody out at once")
		time.Sleep(peopleStale)
		_, err = people.Person(t.Context(), dba.ID())
		require.Error(t, err, "but old knowledge gives no rights")
	})
}

func TestGroups(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		people := NewPeople(d.config.Slack, time.Now)
		dba := d.slack.User("dba").ID()
		group, err := d.config.Slack.CreateUserGroup(slack.UserGroup{Name: "Database", Handle: "dbas"})
		require.NoError(t, err)
		_, err = d.config.Slack.UpdateUserGroupMembers(group.ID, dba)
		require.NoError(t, err)

		handles, err := people.Groups(t.Context(), dba)
		require.NoError(t, err)
		require.Equal(t, []string{"dbas"}, handles)
		members, err := people.Members(t.Context(), "dbas")
		require.NoError(t, err)
		require.Equal(t, []string{dba}, members)
		handles, err = people.Groups(t.Context(), d.slack.User("outsider").ID())
		require.NoError(t, err)
		require.Empty(t, handles)
		require.Equal(t, 1, d.slack.CallCount("usergroups.list"))
	})
}

func TestGroupsOnAFreePlan(t *testing.T) {
	inSlack(t, slacksim.Options{FreePlan: true}, func(t *testing.T, d *delivery) {
		handles, err := NewPeople(d.config.Slack, time.Now).Groups(t.Context(), d.slack.User("dba").ID())
		require.NoError(t, err)
		require.Empty(t, handles)
	})
}
