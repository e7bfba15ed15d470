package handlers_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/cards"
	"opsbot/handlers/calls"
	"opsbot/handlers/home"
	"opsbot/messages"
)

// homeTab makes the Home tab as the product does.
func (w *fixture) homeTab() home.Home {
	return home.Home{
		Catalog: w.Catalog, Clusters: w.Clusters, Identities: w.Identities, Incidents: incidents{w.service, w.store}, Roster: w.roster, LocaleOf: w.LocaleOf, Now: w.Now,
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
