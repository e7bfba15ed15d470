package handlers_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/k8sops"
)

func TestAReadRunsAtOnceAndTheChannelSeesTheAnswer(t *testing.T) {
	w := newFixture(t)
	w.types(Viewer, "/look")
	m := w.outbox.last()
	require.Contains(t, plain(m.Card), "The lever is at 3")
	require.Contains(t, plain(m.Card), "@"+Viewer+" · /look · call ", "the small print says who asked for what")
	require.Equal(t, room, m.Channel)
	require.Empty(t, m.EphemeralTo)
	require.Empty(t, m.ThreadTS, "a slash command never comes from a thread (SF-2.3)")
	require.Equal(t, "en", m.Locale, "the channel's language, not the person's")
	require.Equal(t, calls.Succeeded, w.call(m).State)
	require.Equal(t, []string{"requested", "started", "succeeded"}, w.audited())

	w.press(Lead, button(t, m, "/turn 4"))
	at, _ := w.fake.position()
	require.Equal(t, 4, at, "a suggestion is a command like any other")
	require.Equal(t, "100.1", w.outbox.last().ThreadTS, "the answer to a press goes into the thread of what was pressed")
}

func TestEveryRequestToKubernetesNamesThePerson(t *testing.T) {
	w := newFixture(t)
	number, _ := w.fires("g")
	require.EqualValues(t, 1, number)
	w.types(Lead, "/turn 5")
	call := w.call(w.outbox.last())
	requests := w.api.impersonated("zhaoliu")
	require.NotEmpty(t, requests)
	for _, h := range requests {
		require.Equal(t, "opsbot:development", h.Get("Impersonate-Group"))
		require.Equal(t, Lead, extraOf(h, k8sops.ExtraSlackUser))
		require.Equal(t, room, extraOf(h, k8sops.ExtraChannel))
		require.Equal(t, "1", extraOf(h, k8sops.ExtraIncident))
		require.Equal(t, call.ID, extraOf(h, k8sops.ExtraCall))
	}
	require.Empty(t, w.api.impersonated(""), "nothing was asked as the bot itself")
}

func TestARealOperationGoesThroughTheGate(t *testing.T) {
	w := newFixture(t)
	w.types(Lead, "/scale user 5")
	m := w.outbox.last()
	require.EqualValues(t, 5, w.api.replicas)
	require.Contains(t, plain(m.Card), "/scale user 5")
	require.Equal(t, calls.Succeeded, w.call(m).State)
	w.press(Lead, button(t, m, "Undo: /scale user-service 3"))
	require.EqualValues(t, 3, w.api.replicas)
}

func TestARefusalNamesWhatIsMissingInPrivate(t *testing.T) {
	w := newFixture(t)
	w.types(Viewer, "/scale user 5")
	m := w.outbox.last()
	w.requirePrivate(m, Viewer)
	require.Contains(t, plain(m.Card), "you may not patch deployments.apps/scale in namespace ecommerce-k8s")
	require.Contains(t, plain(m.Card), "Who may: system administrator")
	require.NotEmpty(t, m.ResponseURL, "works in channels that the bot is not in")
	require.EqualValues(t, 3, w.api.replicas)
	require.Equal(t, calls.Refused, w.call(m).State)
	require.Equal(t, []string{"requested", "refused"}, w.audited())
	require.Equal(t, "forbidden: k8sops.access.denied", w.audit()[1].Details["outcome"])
}

func TestWhoeverIsNotMappedIsToldSo(t *testing.T) {
	for name, user := range map[string]string{"unknown": Stranger, "foreign, with somebody's address": Guest, "unheard of": "U0NOBODY"} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			w.types(user, "/look")
			m := w.outbox.last()
			w.requirePrivate(m, user)
			require.Contains(t, plain(m.Card), "you are not known to opsbot")
			require.Contains(t, plain(m.Card), "system administrator", "the next step")
			require.Equal(t, []string{"refused"}, w.audited())
			require.Equal(t, user, w.audit()[0].Actor)
			require.Empty(t, w.api.seen, "the cluster was not even asked")
		})
	}
}

func TestATypingErrorOffersWhatWasMeant(t *testing.T) {
	w := newFixture(t)
	w.types(Lead, "/scael user 5")
	m := w.outbox.last()
	w.requirePrivate(m, Lead)
	require.Equal(t, "en-US", m.Locale, "a private answer speaks the person's language")
	w.press(Lead, button(t, m, "/scale user 5"))
	require.EqualValues(t, 5, w.api.replicas)
	require.Equal(t, "refused", w.audited()[0])
}

func TestBadArgumentsAreRefusedWithTheUsage(t *testing.T) {
	for line, want := range map[string]string{
		"/scale user -1": "at least 0", "/scale user 1e9": "1e9", "/scale user": "replicas", "/scale user 99999999999999999999": "at most 1000",
		`/look "`: "quote", "/turn 5 --servce user": "--service",
	} {
		w := newFixture(t)
		w.withoutForms()
		w.types(Lead, line)
		w.requirePrivate(w.outbox.last(), Lead)
		require.Contains(t, plain(w.outbox.last().Card), want, line)
	}
}

func TestTheSameRequestTwiceRunsOnce(t *testing.T) {
	w := newFixture(t)
	command := handlers.Command{ID: "trigger", Name: "/turn", Text: "5", User: Lead, Channel: room, At: w.Now()}
	var both sync.WaitGroup
	for range 8 {
		both.Go(func() { w.Command(t.Context(), command) })
	}
	both.Wait()
	w.settle()
	_, runs := w.fake.position()
	require.Equal(t, 1, runs)
	require.Equal(t, 1, w.outbox.count(), "one answer")
}

func TestTheSameRefusedRequestTwiceIsAnsweredOnce(t *testing.T) {
	w := newFixture(t)
	command := handlers.Command{ID: "trigger", Name: "/nonsense", User: Lead, Channel: room, At: w.Now()}
	w.Command(t.Context(), command)
	w.Command(t.Context(), command)
	require.Equal(t, 1, w.outbox.count())
	require.Equal(t, []string{"refused"}, w.audited())
}

func TestOneOperationUnderAllItsNames(t *testing.T) {
	for _, c := range []struct{ prefix, name, text string }{
		{"", "/turn", "5"}, {"", "/turn", "  5 "}, {"", "/ops", "turn 5"}, {"", "/ops", "/turn 5"}, {"", "/TURN", "5"},
		{"k-", "/k-turn", "5"}, {"k-", "/k-ops", "turn 5"}, {"k-", "/turn", "5"},
	} {
		w := newFixture(t)
		w.Settings.Prefix = c.prefix
		w.Command(t.Context(), handlers.Command{ID: "1", Name: c.name, Text: c.text, User: Lead, Channel: room, At: w.Now()})
		w.settle()
		at, _ := w.fake.position()
		require.Equal(t, 5, at, "%q %q", c.name, c.text)
	}
}

func TestTheBareUmbrellaIsACallForHelp(t *testing.T) {
	w := newFixture(t)
	w.types(Viewer, "/ops")
	require.Contains(t, plain(w.outbox.last().Card), "look", "what this person may do")
	w.Mention(t.Context(), handlers.Mention{ID: "Ev1", Text: "  ", User: Viewer, Channel: room, TS: "5.5", At: w.Now()})
	w.settle()
	m := w.outbox.last()
	require.Equal(t, "ops help", w.call(m).Command)
	require.Equal(t, "5.5", m.ThreadTS, "a mention opens a thread")
}

func TestAFamilyAloneListsItsMembers(t *testing.T) {
	for _, line := range []string{"/incident", "/ops incident", "/ops help incident"} {
		w := newFixture(t)
		w.types(Viewer, line)
		m := w.outbox.last()
		w.requirePrivate(m, Viewer)
		require.Contains(t, plain(m.Card), "acknowledge, hand over, document and resolve incidents")
		require.Contains(t, plain(m.Card), "/incident assign <user> [incident] – make somebody the owner of an incident", line)
		require.Equal(t, "ops help incident", w.call(m).Command)
	}
}

func TestAnUnknownMemberOfAFamily(t *testing.T) {
	w := newFixture(t)
	w.types(Viewer, "/incident akc INC-12")
	m := w.outbox.last()
	w.requirePrivate(m, Viewer)
	require.Contains(t, plain(m.Card), "There is no /incident akc.")
	require.Contains(t, plain(m.Card), "/incident timeline [incident] [markdown|html|json|all] – ")
	button(t, m, "/incident ack INC-12")
	require.Equal(t, "incident …", w.call(m).Command, "what is no command is not kept")
}

func TestAMentionInAThreadIsAnsweredThere(t *testing.T) {
	w := newFixture(t)
	w.Mention(t.Context(), handlers.Mention{ID: "Ev1", Text: "look", User: Viewer, Channel: room, TS: "5.5", ThreadTS: "4.4", At: w.Now()})
	w.settle()
	require.Equal(t, "4.4", w.outbox.last().ThreadTS)
}

func TestAPressOnAnEphemeralMessageOpensNoThread(t *testing.T) {
	w := newFixture(t)
	a := w.pressed(Lead, runButton("look"))
	a.Ephemeral = true
	w.Action(t.Context(), a)
	w.settle()
	require.Empty(t, w.outbox.last().ThreadTS)
}

func TestSlackDoesNotAnswerWhoSomebodyIs(t *testing.T) {
	w := newFixture(t)
	w.people.fail = errors.New("slack: 503")
	w.types(Lead, "/turn 5")
	m := w.outbox.last()
	w.requirePrivate(m, Lead)
	require.Contains(t, plain(m.Card), "Something went wrong inside opsbot")
	require.NotContains(t, plain(m.Card), "503")
	require.Equal(t, 1, w.logs.FilterMessage("call failed").Len(), "the operator finds the cause in the log")
	require.Equal(t, "internal error", w.audit()[0].Details["outcome"])
}

func TestTheClusterCannotBeReached(t *testing.T) {
	w := newFixture(t)
	w.api.fails(true)
	w.types(Lead, "/turn 5")
	m := w.outbox.last()
	w.requirePrivate(m, Lead)
	require.Equal(t, calls.Refused, w.call(m).State)
	_, runs := w.fake.position()
	require.Zero(t, runs)
	w.api.fails(false)
	w.types(Lead, "/turn 5")
	require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State)
}

func TestSlackGroupsGiveKubernetesGroups(t *testing.T) {
	w := newFixture(t)
	w.people.groups = map[string][]string{Viewer: {"S0OPS", "S0OTHER"}}
	mappings := append(mapped(), identity.Mapping{Group: "S0OPS", Groups: []string{"opsbot:network", "opsbot:viewer"}})
	identities := &identity.Identities{Mappings: mappings, People: w.people}
	id, err := identities.Identify(t.Context(), Viewer)
	require.NoError(t, err)
	require.Equal(t, k8sops.Identity{User: "qianqi", Groups: []string{"opsbot:network", "opsbot:viewer"}}, id)

	w.people.groups[Stranger] = []string{"S0OPS"}
	_, err = identities.Identify(t.Context(), Stranger)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err), "a group alone makes nobody known")
}
