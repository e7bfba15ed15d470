package handlers_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/handlers/quota"
)

// limited gives the fixture the limits of the product, and an audit record that counts refusals.
func (w *fixture) limited(l quota.Limits) {
	w.Quota = &quota.People{Limits: l}
	w.Refusals = &audit.Refusals{Next: w.store, Now: w.clock.Now, Log: w.Log}
	w.Dispatcher.Audit = w.Refusals
}

// flood is so many commands of one person in one moment.
func (w *fixture) flood(user, name, text string, n int) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			id := fmt.Sprintf("flood-%s-%d", user, i)
			w.Command(w.t.Context(), handlers.Command{ID: id, Name: name, Text: text, User: user, Channel: room, ResponseURL: "https://hooks.slack.test/" + id, At: w.Now()})
		})
	}
	all.Wait()
	w.settle()
}

func TestAFloodOfRefusedCommandsIsARowAndACount(t *testing.T) {
	for name, user := range map[string]string{"may not": Viewer, "not mapped": Stranger} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			w.limited(quota.Limits{PerMinute: 60, ReadsAtOnce: 8})
			w.flood(user, "/scale", "user 5", 150)
			refused, requested := 0, 0
			for _, action := range w.audited() {
				switch action {
				case "refused":
					refused++
				case "requested":
					requested++
				}
			}
			require.Equal(t, 1, refused)
			require.LessOrEqual(t, requested, 1)
			require.LessOrEqual(t, w.outbox.count(), 6, "Slack shows no more, and nobody reads more")
			require.EqualValues(t, 3, w.api.replicas)

			w.types(Admin, "/look")
			require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State, "others go on")
		})
	}
}

func TestAnAllowedCallIsAuditedAsBefore(t *testing.T) {
	w := newFixture(t)
	w.limited(quota.Limits{PerMinute: 60, ReadsAtOnce: 8})
	w.types(Admin, "/look")
	require.Equal(t, []string{"requested", "started", "succeeded"}, w.audited())
	require.Empty(t, w.audit()[0].Details["outcome"])
}

// A call that opsbot accepted and did not decide about is in the record once it is told of.
func TestACallThatAStopCutShortIsRequestedToo(t *testing.T) {
	w := newFixture(t)
	r := calls.Record{ID: "cut", SourceID: "cut", State: calls.Accepted, Operation: "look", Command: "look", Cluster: "demo", Unaudited: true, CreatedAt: w.Now()}
	r.Source.User, r.Source.Channel = Admin, room
	require.NoError(t, w.store.Create(t.Context(), r, audit.Event{}))
	require.Empty(t, w.audited())
	require.NoError(t, w.recover())
	require.Equal(t, []string{"requested", "interrupted"}, w.audited())
}

func TestSoManyReadsAtOnceAndNoMore(t *testing.T) {
	w := newFixture(t)
	w.limited(quota.Limits{PerMinute: 600, ReadsAtOnce: 2})
	hold := make(chan struct{})
	w.fake.do(func() { w.fake.looking = func() { <-hold } })
	look := func(user string, n int) {
		w.Command(t.Context(), handlers.Command{ID: fmt.Sprint(user, n), Name: "/look", User: user, Channel: room, ResponseURL: "https://hooks.slack.test/1", At: w.Now()})
	}
	look(Admin, 1)
	look(Admin, 2)
	look(Admin, 3)
	m := w.outbox.last()
	w.requirePrivate(m, Admin)
	require.Contains(t, plain(m.Card), "2 of your reads are running")
	look(Lead, 1)
	close(hold)
	w.settle()
	require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State)
	look(Admin, 4)
	w.settle()
	require.Equal(t, calls.Succeeded, w.call(w.outbox.last()).State, "once they have ended")
}
