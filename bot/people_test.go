package bot

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/slacksim"
)

func TestPeople(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		people := NewPeople(d.config.Slack, d.config.Self, time.Now)
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

// The colleagues of a workspace that we share a channel with have profiles like ours, e-mail address included.
func TestPeopleOfAnotherWorkspaceAreForeign(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		dba := d.slack.User("dba")
		person := func(self Self) Person {
			p, err := NewPeople(d.config.Slack, self, time.Now).Person(t.Context(), dba.ID())
			require.NoError(t, err)
			return p
		}
		require.False(t, person(d.config.Self).Foreign())
		require.True(t, person(Self{TeamID: "T0OTHER"}).Foreign())
		require.True(t, person(Self{TeamID: "T0OTHER", EnterpriseID: "E0OTHER"}).Foreign())
	})
}

func TestPeopleOfTheSameEnterpriseAreNotForeign(t *testing.T) {
	u := &slack.User{ID: "U1", TeamID: "T2", Enterprise: slack.EnterpriseUser{EnterpriseID: "E1"}}
	require.False(t, person(Self{TeamID: "T1", EnterpriseID: "E1"}, u).Foreign())
	require.True(t, person(Self{TeamID: "T1"}, u).Foreign())
}

// profiles are the people as the handlers see them.
type profiles struct{ *People }

func (p profiles) Profile(ctx context.Context, user string) (handlers.Profile, error) {
	person, err := p.Person(ctx, user)
	return handlers.Profile{Email: person.Email, Foreign: person.Foreign()}, err
}

func TestGroups(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		people := NewPeople(d.config.Slack, d.config.Self, time.Now)
		dba := d.slack.User("dba").ID()
		group, err := d.config.Slack.CreateUserGroup(slack.UserGroup{Name: "Database", Handle: "dbas"})
		require.NoError(t, err)
		_, err = d.config.Slack.UpdateUserGroupMembers(group.ID, dba)
		require.NoError(t, err)

		identities := handlers.Identities{People: profiles{people}, Mappings: []handlers.Mapping{
			{Slack: dba, User: "lisi"}, {Slack: d.slack.User("outsider").ID(), User: "outsider"},
			{Group: group.ID, Groups: []string{"opsbot:dba"}},
		}}
		id, err := identities.Identify(t.Context(), dba)
		require.NoError(t, err)
		require.Equal(t, k8sops.Identity{User: "lisi", Groups: []string{"opsbot:dba"}}, id)
		id, err = identities.Identify(t.Context(), d.slack.User("outsider").ID())
		require.NoError(t, err)
		require.Empty(t, id.Groups)
		require.Equal(t, 1, d.slack.CallCount("usergroups.list"))
	})
}

func TestGroupsOnAFreePlan(t *testing.T) {
	inSlack(t, slacksim.Options{FreePlan: true}, func(t *testing.T, d *delivery) {
		groups, err := NewPeople(d.config.Slack, d.config.Self, time.Now).Groups(t.Context(), d.slack.User("dba").ID())
		require.NoError(t, err)
		require.Empty(t, groups)
	})
}

// A person's first command must not fail because Slack was busy when it was asked who they are.
func TestPeopleAreAskedForAgain(t *testing.T) {
	for _, fault := range []slacksim.Fault{
		{Kind: slacksim.FaultRateLimit, N: 2, After: 3 * time.Second},
		{Kind: slacksim.FaultServerError, N: 2},
		{Kind: slacksim.FaultAcceptThenTimeout, N: 2},
	} {
		t.Run(string(fault.Kind), func(t *testing.T) {
			inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
				people := NewPeople(d.config.Slack, d.config.Self, time.Now)
				dba := d.slack.User("dba").ID()
				fault.Method = "users.info"
				d.slack.Inject(fault)
				_, err := people.Person(t.Context(), dba)
				require.NoError(t, err)
				require.Equal(t, 3, d.slack.CallCount("users.info"))
			})
		})
	}
}

func TestPeopleAreNotAskedForWhileSlackForbidsIt(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		people := NewPeople(d.config.Slack, d.config.Self, time.Now)
		dba, system := d.slack.User("dba").ID(), d.slack.User("system").ID()
		_, err := people.Person(t.Context(), dba)
		require.NoError(t, err)
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultRateLimit, Method: "users.info", After: time.Minute})
		_, err = people.Person(t.Context(), system)
		require.Error(t, err, "a minute is more than anybody waits")
		time.Sleep(30 * time.Second)
		_, err = people.Person(t.Context(), system)
		require.ErrorIs(t, err, errPutOff)
		require.Equal(t, 2, d.slack.CallCount("users.info"))
		time.Sleep(30 * time.Second)
		_, err = people.Person(t.Context(), system)
		require.NoError(t, err)
	})
}
