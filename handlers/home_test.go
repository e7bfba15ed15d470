package handlers_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/cards"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/freeze"
	"opsbot/handlers/home"
	"opsbot/messages"
)

// homeTab makes the Home tab as the product does.
func (w *fixture) homeTab() home.Home {
	return home.Home{
		Catalog: w.Catalog, Clusters: w.Clusters, Identities: w.Identities, Incidents: incidents{w.service, w.store}, Roster: w.roster, Runs: w.Dispatcher, Schedules: w.store,
		Freezes: w.Freezes, LocaleOf: w.LocaleOf, Now: w.Now,
	}
}

func (w *fixture) home(user string) []messages.Card {
	w.t.Helper()
	cards, _, err := w.homeTab().Cards(w.t.Context(), user)
	require.NoError(w.t, err)
	return cards
}

func TestHome(t *testing.T) {
	w := newFixture(t)
	require.Contains(t, plain(w.home(Lead)[0]), "No active incident")
	for i := range 12 {
		w.fires(fmt.Sprint("g", i))
	}
	cards := w.home(Lead)
	require.Contains(t, plain(cards[0]), "12 active incidents")
	require.Len(t, cards[0].Sections, 11, "the newest ten are named")
	require.Contains(t, plain(cards[0]), "and 2 more")
	require.Contains(t, plain(cards[1]), "development lead*: 赵六 until 2026-03-03 00:00 UTC, then 张三")
	require.Contains(t, plain(cards[2]), "zhaoliu")
	require.Contains(t, plain(cards[2]), "opsbot:development")
	require.Equal(t, calls.ActionRun, button(t, messages.Outbound{Card: cards[3]}, "/look").Name)
	require.Equal(t, calls.ActionForm, button(t, messages.Outbound{Card: cards[3]}, "/turn …").Name)
	_, locale, err := w.homeTab().Cards(t.Context(), Admin)
	require.NoError(t, err)
	require.Equal(t, "zh-CN", locale)
}

func TestHomeTellsStrangersNothing(t *testing.T) {
	w := newFixture(t)
	w.fires("g")
	for _, user := range []string{Stranger, Guest} {
		cards := w.home(user)
		require.Len(t, cards, 1)
		require.Contains(t, plain(cards[0]), "you are not known to opsbot")
		require.NotContains(t, plain(cards[0]), "INC-")
	}
	w.people.fail = errors.New("slack: 503")
	_, _, err := w.homeTab().Cards(t.Context(), Lead)
	require.ErrorContains(t, err, "503", "no card tells of a fault that nobody logs")
}

func TestWhatIsPressedInTheHomeTabIsAnsweredInDirectMessages(t *testing.T) {
	w := newFixture(t)
	w.fires("g")
	fromHome := func(user, name, value string) messages.Outbound {
		t.Helper()
		a := w.pressed(user, messages.Action{Name: name, Value: value})
		a.Channel, a.MessageTS = "", "" // a Home tab is in no channel
		w.Action(t.Context(), a)
		w.settle()
		return w.outbox.last()
	}
	m := fromHome(Admin, calls.ActionRun, "look")
	require.Equal(t, []string{Admin, "", "zh-CN"}, []string{m.Channel, m.EphemeralTo, m.Locale})
	require.Contains(t, plain(m.Card), "The lever is at 3")
	require.Contains(t, plain(fromHome(Viewer, cards.ActionTimeline, "1").Card), "Timeline of INC-1")
	m = fromHome(Viewer, calls.ActionRun, "turn 5")
	require.Equal(t, []string{Viewer, ""}, []string{m.Channel, m.EphemeralTo})
	require.Contains(t, plain(m.Card), "you may not patch levers.test")
	require.Equal(t, Stranger, fromHome(Stranger, cards.ActionAck, "1").Channel)
}

func TestHomeShowsWhatGoesOn(t *testing.T) {
	w := newFixture(t)
	w.Freezes = freeze.Windows{{Name: "National Day", From: w.Now(), Until: w.Now().Add(time.Hour)}}
	m := w.plan(Admin, "/wipe 0")
	w.planned("turn 8")
	cards := w.home(Lead)
	require.Contains(t, plain(cards[1]), "Changes are frozen until")
	require.Contains(t, plain(cards[2]), "1 operation waits for your approval")
	require.Contains(t, plain(cards[2]), "/wipe 0 by @"+Admin)
	require.Contains(t, plain(cards[3]), "/turn 8 (@"+Admin+", plan 1)")
	for _, user := range []string{Admin, Twin, Viewer} {
		for _, card := range w.home(user) {
			require.NotContains(t, plain(card), "waits for your approval", user)
		}
	}

	w.types(Lead, "/ops approvals "+w.call(m).ID)
	shown := w.outbox.last()
	w.requirePrivate(shown, Lead)
	require.Contains(t, plain(shown.Card), "Lever from 3 to 0")
	w.press(Lead, button(t, shown, "Approve"))
	require.Equal(t, 0, w.level())
	w.types(Lead, "/ops approvals")
	require.Contains(t, plain(w.outbox.last().Card), "Nothing waits for your approval")
	w.types(Viewer, "/ops approvals "+w.call(m).ID)
	require.Contains(t, plain(w.outbox.last().Card), "Nothing with the id")
}

func TestHomeOffersWhatAPersonMayDo(t *testing.T) {
	w := newFixture(t)
	card := func() messages.Card {
		all := w.home(Viewer)
		return all[len(all)-1]
	}
	require.Contains(t, plain(card()), "[ /look ]")
	require.NotContains(t, plain(card()), "[ /turn … ]")
	require.Contains(t, plain(card()), "Your roles do not include: /backups, /net test, /deploy, /mend, /rebuild, /rebuild delete, /resources set, /rollback")
	w.api.fails(true)
	require.Contains(t, plain(card()), "does not say what you may do here")
	require.Contains(t, plain(card()), "[ /turn … ]")
}

func TestHomeKeepsWhatIsConfidential(t *testing.T) {
	w := newFixture(t)
	started, release := make(chan struct{}), make(chan struct{})
	w.fake.during = func() { started <- struct{}{}; <-release }
	w.Command(t.Context(), handlers.Command{ID: "dm", Name: "/turn", Text: "5", User: Lead, Channel: "D0LEAD", At: w.Now()})
	<-started
	all := func(user string) (text string) {
		for _, card := range w.home(user) {
			text += plain(card)
		}
		return text
	}
	require.Contains(t, all(Lead), "/turn 5 by @"+Lead)
	require.NotContains(t, all(Admin), "/turn 5 by")
	close(release)
	w.settle()
}
