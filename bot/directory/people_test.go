package directory

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/bot"
	"opsbot/bot/slacktest"
	"opsbot/handlers/identity"
	"opsbot/k8sops"
	"opsbot/slacksim"
)

// selfOf is the bot's identity in the workspace.
func selfOf(t *testing.T, w *slacktest.Workspace) bot.Self {
	return bot.Self{TeamID: w.Identity(t).TeamID}
}

func TestPeople(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		people := NewPeople(w.Client, selfOf(t, w), time.Now)
		dba := w.User("dba")
		for range 3 {
			p, err := people.Person(t.Context(), dba.ID())
			require.NoError(t, err)
			require.Equal(t, Person{ID: dba.ID(), Name: "李四", Email: "dba@company.com", Locale: "zh-CN", Timezone: "Asia/Shanghai"}, p)
		}
		require.Equal(t, 1, w.CallCount("users.info"), "remembered")

		require.Equal(t, "李四", people.Name(t.Context(), dba.ID()))
		require.Equal(t, "U0NOBODY", people.Name(t.Context(), "U0NOBODY"))

		p, err := people.ByEmail(t.Context(), "dba@company.com")
		require.NoError(t, err)
		require.Equal(t, dba.ID(), p.ID)
		_, err = people.ByEmail(t.Context(), "nobody@company.com")
		require.ErrorIs(t, err, ErrNoPerson)
		require.Equal(t, 2, w.CallCount("users.lookupByEmail"), "Slack has answered: nobody has to wait for another try")

		w.SetOffline(true)
		time.Sleep(cacheTTL + time.Second)
		_, err = people.Person(t.Context(), dba.ID())
		require.NoError(t, err, "an outage of Slack locks nobody out at once")
		time.Sleep(cacheStale)
		_, err = people.Person(t.Context(), dba.ID())
		require.Error(t, err, "but old knowledge gives no rights")
	})
}

// The colleagues of a workspace that we share a channel with have profiles like ours, e-mail address included.
func TestPeopleOfAnotherWorkspaceAreForeign(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		dba := w.User("dba")
		person := func(self bot.Self) Person {
			p, err := NewPeople(w.Client, self, time.Now).Person(t.Context(), dba.ID())
			require.NoError(t, err)
			return p
		}
		require.False(t, person(selfOf(t, w)).Foreign())
		require.True(t, person(bot.Self{TeamID: "T0OTHER"}).Foreign())
		require.True(t, person(bot.Self{TeamID: "T0OTHER", EnterpriseID: "E0OTHER"}).Foreign())
	})
}

func TestPeopleOfTheSameEnterpriseAreNotForeign(t *testing.T) {
	u := &slack.User{ID: "U1", TeamID: "T2", Enterprise: slack.EnterpriseUser{EnterpriseID: "E1"}}
	require.False(t, person(bot.Self{TeamID: "T1", EnterpriseID: "E1"}, u).Foreign())
	require.True(t, person(bot.Self{TeamID: "T1"}, u).Foreign())
}

// profiles are the people as the handlers see them.
type profiles struct{ *People }

func (p profiles) Profile(ctx context.Context, user string) (identity.Profile, error) {
	person, err := p.Person(ctx, user)
	return identity.Profile{Email: person.Email, Foreign: person.Foreign()}, err
}

func TestGroups(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		people := NewPeople(w.Client, selfOf(t, w), time.Now)
		dba := w.User("dba").ID()
		group, err := w.Client.CreateUserGroup(slack.UserGroup{Name: "Database", Handle: "dbas"})
		require.NoError(t, err)
		_, err = w.Client.UpdateUserGroupMembers(group.ID, dba)
		require.NoError(t, err)

		identities := identity.Identities{People: profiles{people}, Mappings: []identity.Mapping{
			{Slack: dba, User: "lisi"}, {Slack: w.User("outsider").ID(), User: "outsider"},
			{Group: group.ID, Groups: []string{"opsbot:dba"}},
		}}
		id, err := identities.Identify(t.Context(), dba)
		require.NoError(t, err)
		require.Equal(t, k8sops.Identity{User: "lisi", Groups: []string{"opsbot:dba"}}, id)
		id, err = identities.Identify(t.Context(), w.User("outsider").ID())
		require.NoError(t, err)
		require.Empty(t, id.Groups)
		require.Equal(t, 1, w.CallCount("usergroups.list"))
	})
}

func TestGroupsOnAFreePlan(t *testing.T) {
	slacktest.Run(t, slacksim.Options{FreePlan: true}, func(t *testing.T, w *slacktest.Workspace) {
		groups, err := NewPeople(w.Client, selfOf(t, w), time.Now).Groups(t.Context(), w.User("dba").ID())
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
			slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
				people := NewPeople(w.Client, selfOf(t, w), time.Now)
				dba := w.User("dba").ID()
				fault.Method = "users.info"
				w.Inject(fault)
				_, err := people.Person(t.Context(), dba)
				require.NoError(t, err)
				require.Equal(t, 3, w.CallCount("users.info"))
			})
		})
	}
}

func TestPeopleAreNotAskedForWhileSlackForbidsIt(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		people := NewPeople(w.Client, selfOf(t, w), time.Now)
		dba, system := w.User("dba").ID(), w.User("system").ID()
		_, err := people.Person(t.Context(), dba)
		require.NoError(t, err)
		w.Inject(slacksim.Fault{Kind: slacksim.FaultRateLimit, Method: "users.info", After: time.Minute})
		_, err = people.Person(t.Context(), system)
		require.Error(t, err, "a minute is more than anybody waits")
		time.Sleep(30 * time.Second)
		_, err = people.Person(t.Context(), system)
		require.ErrorIs(t, err, errRateLimited)
		require.Equal(t, 2, w.CallCount("users.info"))
		time.Sleep(30 * time.Second)
		_, err = people.Person(t.Context(), system)
		require.NoError(t, err)
	})
}

// Who was deactivated, or is no longer who they were, is known as soon as the change is heard of, not when the cache is stale.
func TestAChangedAccountIsLookedUpAnew(t *testing.T) {
	for name, change := range map[string]func(*slacksim.Actor){
		"deactivated": (*slacksim.Actor).Deactivate, "invited": (*slacksim.Actor).Uninvite,
		"unconfirmed": func(a *slacksim.Actor) { a.ChangeEmail("system@company.com", false) },
	} {
		t.Run(name, func(t *testing.T) {
			slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
				people := NewPeople(w.Client, selfOf(t, w), time.Now)
				dba := w.User("dba")
				person, err := people.Person(t.Context(), dba.ID())
				require.NoError(t, err)
				require.False(t, person.Foreign())
				change(dba)
				people.Forget(dba.ID())
				person, err = people.Person(t.Context(), dba.ID())
				require.NoError(t, err)
				require.True(t, person.Foreign())
			})
		})
	}
}
