package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/bot/deliver"
	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

func outbound(key string, lane messages.Lane, channel, text string) messages.Outbound {
	return messages.Outbound{Key: key, Lane: lane, Channel: channel, Card: messages.Card{Title: messages.Literal(text)}}
}

func dueKeys(t *testing.T, o *Outbox, now time.Time) []string {
	t.Helper()
	rows, _, err := o.Due(t.Context(), now, 1000)
	require.NoError(t, err)
	keys := []string{}
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys
}

// onlyDue is the one row that is due.
func onlyDue(t *testing.T, o *Outbox, now time.Time) deliver.Row {
	t.Helper()
	rows, _, err := o.Due(t.Context(), now, 10)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0]
}

func TestOutboxLife(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		wanted := outbound("k", messages.LaneEntry, "C1", "first")
		require.NoError(t, s.Put(ctx, wanted))
		row := onlyDue(t, o, start)
		require.Empty(t, cmp.Diff(wanted, row.Outbound))
		require.EqualValues(t, 1, row.Version)
		require.Zero(t, row.SentVersion)

		require.NoError(t, o.Begin(ctx, row.ID, row.Version, start))
		require.True(t, onlyDue(t, o, start).InFlight, "the outcome of a begun post is not known")
		wanted.Card.Title = messages.Literal("second")
		require.NoError(t, s.Put(ctx, wanted), "updated while the first is on its way")
		require.NoError(t, o.Done(ctx, row.ID, row.Version, "C1", "1.000001", start))

		row = onlyDue(t, o, start)
		require.EqualValues(t, 2, row.Version)
		require.EqualValues(t, 1, row.SentVersion)
		require.Equal(t, "1.000001", row.TS)
		require.False(t, row.InFlight)
		require.Equal(t, "second", row.Card.Title.Literal)
		require.NoError(t, o.Done(ctx, row.ID, row.Version, "C1", row.TS, start))
		require.Empty(t, dueKeys(t, o, start))

		require.NoError(t, s.Put(ctx, wanted))
		require.Empty(t, dueKeys(t, o, start), "an equal message is no new version")
	})
}

// What became of files outlives the next version of the message.
func TestOutboxRemembersFilesThatAreElsewhere(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		require.NoError(t, s.Put(ctx, outbound("k", messages.LaneEntry, "C1", "first")))
		row := onlyDue(t, o, start)
		require.True(t, row.Elsewhere.IsZero())
		elsewhere := deliver.Elsewhere{Note: messages.New("bot.files_in_dm_instead", "reason", "not_in_channel"), Files: []string{"user-1f0e5c2a.log"}}
		require.NoError(t, o.Elsewhere(ctx, row.ID, elsewhere))
		require.NoError(t, o.Done(ctx, row.ID, row.Version, "C1", "1.000001", start))
		require.NoError(t, s.Put(ctx, outbound("k", messages.LaneEntry, "C1", "second")))
		require.Empty(t, cmp.Diff(elsewhere, onlyDue(t, o, start).Elsewhere))
	})
}

func TestOutboxOrder(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		now := start
		s.now = func() time.Time { now = now.Add(time.Second); return now }
		require.NoError(t, s.Put(ctx, outbound("entry old", messages.LaneEntry, "C1", "")))
		require.NoError(t, s.Put(ctx, outbound("entry new", messages.LaneEntry, "C2", "")))
		require.NoError(t, s.Put(ctx, outbound("page", messages.LanePage, "U1", "")))
		require.NoError(t, s.Put(ctx, outbound("header", messages.LaneHeader, "C1", "")))
		require.Equal(t, []string{"page", "header", "entry old", "entry new"}, dueKeys(t, o, now))
		require.NoError(t, s.Put(ctx, outbound("entry old", messages.LaneEntry, "C1", "changed")))
		require.Equal(t, []string{"page", "header", "entry old", "entry new"}, dueKeys(t, o, now), "an update does not go to the end of the queue")
	})
}

func TestOutboxBacklogOfOneChannelHidesNoOther(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		var many []messages.Outbound
		for i := range 200 {
			many = append(many, outbound(fmt.Sprint("busy", i), messages.LanePage, "C1", ""))
		}
		require.NoError(t, s.Put(t.Context(), many...))
		require.NoError(t, s.Put(t.Context(), outbound("answer", messages.LaneUpdate, "C2", "")))
		rows, _, err := s.Outbox().Due(t.Context(), start, 50)
		require.NoError(t, err)
		require.Equal(t, "answer", rows[len(rows)-1].Key)
	})
}

func TestOutboxEditsThatWaitHideNoPost(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		for i := range 2 * fairShare {
			header := outbound(fmt.Sprintf("header %d", i), messages.LaneHeader, "C1", "first")
			require.NoError(t, s.Put(t.Context(), header))
			row := onlyDue(t, s.Outbox(), start)
			require.NoError(t, s.Outbox().Done(t.Context(), row.ID, 1, "C1", fmt.Sprintf("1.%06d", i), start))
		}
		for i := range 2 * fairShare {
			require.NoError(t, s.Put(t.Context(), outbound(fmt.Sprintf("header %d", i), messages.LaneHeader, "C1", "second")))
		}
		require.NoError(t, s.Put(t.Context(), outbound("entry", messages.LaneEntry, "C1", "new")))
		keys := dueKeys(t, s.Outbox(), start)
		require.Contains(t, keys, "entry")
		require.Len(t, keys, fairShare+1)
	})
}

func TestOutboxRepliesWaitForTheirRoot(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		reply := messages.Outbound{Key: "reply", Lane: messages.LanePage, ReplyTo: "root", Card: messages.Card{Title: messages.Literal("r")}}
		require.NoError(t, s.Put(ctx, outbound("root", messages.LaneHeader, "C1", ""), reply))
		root := onlyDue(t, o, start)
		require.Equal(t, "root", root.Key)
		require.NoError(t, o.Done(ctx, root.ID, 1, "C1", "5.000001", start))
		row := onlyDue(t, o, start)
		require.Equal(t, []string{"reply", "C1", "5.000001"}, []string{row.Key, row.RootChannel, row.RootTS})
	})
}

func TestOutboxRetryAndFail(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		require.NoError(t, s.Put(ctx, outbound("k", messages.LaneEntry, "C1", "bad")))
		row := onlyDue(t, o, start)
		require.NoError(t, o.Begin(ctx, row.ID, 1, start))
		later := start.Add(30 * time.Second)
		require.NoError(t, o.Retry(ctx, row.ID, later, true, "timeout"))
		rows, next, err := o.Due(ctx, start, 10)
		require.NoError(t, err)
		require.Empty(t, rows)
		require.Equal(t, later, next)
		row = onlyDue(t, o, later)
		require.Equal(t, 1, row.Attempts)
		require.True(t, row.InFlight)
		require.Equal(t, "timeout", row.LastError)

		require.NoError(t, o.Fail(ctx, row.ID, 1, "invalid_blocks", later))
		require.Empty(t, dueKeys(t, o, later))
		require.NoError(t, s.Put(ctx, outbound("k", messages.LaneEntry, "C1", "good")))
		require.Equal(t, []string{"k"}, dueKeys(t, o, later), "a new version is tried")
	})
}

func TestOutboxExpires(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		m := outbound("k", messages.LaneEntry, "C1", "soon useless")
		m.NotAfter = start.Add(time.Minute)
		require.NoError(t, s.Put(t.Context(), m))
		require.Equal(t, []string{"k"}, dueKeys(t, s.Outbox(), start))
		require.Empty(t, dueKeys(t, s.Outbox(), m.NotAfter))
		require.Empty(t, dueKeys(t, s.Outbox(), start), "dropped for good")
	})
}

func TestOutboxSaysThatItChanged(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		o := s.Outbox()
		require.NoError(t, s.Put(t.Context(), outbound("k", messages.LaneEntry, "C1", "x")))
		<-o.Changed()
		require.NoError(t, s.Put(t.Context(), outbound("k", messages.LaneEntry, "C1", "x")))
		_, err := s.Append(t.Context(), start, []byte("x"))
		require.NoError(t, err)
		select {
		case <-o.Changed():
			t.Fatal("nothing was put")
		default:
		}
	})
}

// paged stores an incident with one page and its message.
func paged(t *testing.T, s *Store) (incident.Incident, incident.Page) {
	t.Helper()
	p := incident.Page{ID: "1/1", Incident: 1, Address: "U1", State: incident.PageIntended, IntendedAt: start}
	m := outbound(incident.PageKey(p.ID), messages.LanePage, "U1", "page")
	m.PageID = p.ID
	inc := incident.Incident{Number: 1, GroupKey: "g", Status: incident.Open}
	require.NoError(t, s.Apply(t.Context(), escalation.Change{
		Incident: inc, Pages: []incident.Page{p}, Messages: []messages.Outbound{m},
	}))
	inc.Version = 1
	return inc, p
}

func onlyPage(t *testing.T, s *Store) incident.Page {
	t.Helper()
	pages, err := s.Pages(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, pages, 1)
	return pages[0]
}

func TestLedgerFollowsTheOutbox(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		_, p := paged(t, s)
		row := onlyDue(t, o, start)
		require.NoError(t, o.Begin(ctx, row.ID, 1, start.Add(time.Second)))
		p.State, p.AttemptedAt = incident.PageAttempted, start.Add(time.Second)
		require.Equal(t, p, onlyPage(t, s))
		require.NoError(t, o.Done(ctx, row.ID, 1, "D1", "1.1", start.Add(2*time.Second)))
		p.State, p.ReceiptAt = incident.PageDelivered, start.Add(2*time.Second)
		require.Equal(t, p, onlyPage(t, s))
	})
}

func TestLedgerOfAFailedPage(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		paged(t, s)
		row := onlyDue(t, s.Outbox(), start)
		require.NoError(t, s.Outbox().Fail(t.Context(), row.ID, 1, "user_not_found", start))
		p := onlyPage(t, s)
		require.Equal(t, incident.PageFailed, p.State)
		require.Equal(t, "user_not_found", p.Error)
	})
}

func TestCancelledPageIsNotSent(t *testing.T) {
	cancel := func(t *testing.T, s *Store, inc incident.Incident, p incident.Page) {
		t.Helper()
		p.State, p.AckedAt = incident.PageCancelled, start.Add(time.Minute)
		require.NoError(t, s.Apply(t.Context(), escalation.Change{
			Incident: inc, Pages: []incident.Page{p}, CancelMessages: []string{incident.PageKey(p.ID)},
		}))
	}
	onEachBackend(t, func(t *testing.T, s *Store) {
		t.Run("queued", func(t *testing.T) {
			inc, p := paged(t, s)
			row := onlyDue(t, s.Outbox(), start)
			cancel(t, s, inc, p)
			require.Empty(t, dueKeys(t, s.Outbox(), start))
			require.ErrorIs(t, s.Outbox().Begin(t.Context(), row.ID, 1, start), deliver.ErrCancelled, "also when it was read before")
			require.Equal(t, incident.PageCancelled, onlyPage(t, s).State)
		})
	})
	onEachBackend(t, func(t *testing.T, s *Store) {
		t.Run("on its way and arrived", func(t *testing.T) {
			inc, p := paged(t, s)
			row := onlyDue(t, s.Outbox(), start)
			require.NoError(t, s.Outbox().Begin(t.Context(), row.ID, 1, start))
			cancel(t, s, inc, p)
			require.Equal(t, []string{row.Key}, dueKeys(t, s.Outbox(), start), "delivery must find out")
			require.NoError(t, s.Outbox().Done(t.Context(), row.ID, 1, "D1", "1.1", start))
			require.Equal(t, incident.PageAcked, onlyPage(t, s).State)
			require.Empty(t, dueKeys(t, s.Outbox(), start))
		})
	})
	onEachBackend(t, func(t *testing.T, s *Store) {
		t.Run("on its way and lost", func(t *testing.T) {
			inc, p := paged(t, s)
			row := onlyDue(t, s.Outbox(), start)
			require.NoError(t, s.Outbox().Begin(t.Context(), row.ID, 1, start))
			cancel(t, s, inc, p)
			require.NoError(t, s.Outbox().Retry(t.Context(), row.ID, start, false, "not found in Slack"))
			require.Empty(t, dueKeys(t, s.Outbox(), start), "it is not sent again")
			require.Equal(t, incident.PageCancelled, onlyPage(t, s).State)
		})
	})
}

func TestMessageKey(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		require.NoError(t, s.Put(t.Context(), outbound("k", messages.LaneEntry, "U1", "x")))
		row := onlyDue(t, s.Outbox(), start)
		_, ok, err := s.MessageKey(t.Context(), "", "")
		require.NoError(t, err)
		require.False(t, ok, "what is not posted stands nowhere")
		require.NoError(t, s.Outbox().Done(t.Context(), row.ID, 1, "D1", "1.1", start))
		key, ok, err := s.MessageKey(t.Context(), "D1", "1.1")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "k", key)
		_, ok, err = s.MessageKey(t.Context(), "D2", "1.1")
		require.NoError(t, err)
		require.False(t, ok, "a timestamp is unique in its channel only (SF-6.18)")
	})
}

func TestHasHeaders(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		has := func(channel string) bool {
			found, err := s.HasHeaders(t.Context(), channel)
			require.NoError(t, err)
			return found
		}
		require.NoError(t, s.Put(t.Context(), outbound("incident/1/header", messages.LaneHeader, "C1", "x")))
		require.False(t, has("C1"), "it is not posted yet")
		posting := func() bool {
			flying, err := s.HeadersInFlight(t.Context())
			require.NoError(t, err)
			return flying
		}
		require.False(t, posting())
		row := onlyDue(t, s.Outbox(), start)
		require.NoError(t, s.Outbox().Begin(t.Context(), row.ID, 1, start))
		require.True(t, posting())
		require.NoError(t, s.Outbox().Done(t.Context(), row.ID, 1, "C1", "1.1", start))
		require.False(t, posting())
		require.NoError(t, s.Put(t.Context(), outbound("incident/1/update", messages.LaneEntry, "C2", "x")))
		row = onlyDue(t, s.Outbox(), start)
		require.NoError(t, s.Outbox().Done(t.Context(), row.ID, 1, "C2", "2.1", start))
		require.True(t, has("C1"))
		require.False(t, has("C2"), "another message of an incident has no thread")
	})
}

func TestPutConcurrently(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		const senders, each = 8, 20
		var wg sync.WaitGroup
		for sender := range senders {
			wg.Go(func() {
				for i := range each {
					if err := s.Put(t.Context(), outbound("k", messages.LaneEntry, "C1", fmt.Sprint(sender, "/", i))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, senders*each, onlyDue(t, s.Outbox(), start).Version, "every change counts")
	})
}

// Delivery and an acknowledgement meet at the same page, again and again: whoever comes first, they agree.
func TestCancelMeetsDelivery(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		for n := range int64(50) {
			p := incident.Page{ID: fmt.Sprintf("%d/1", n+1), Incident: n + 1, Address: "U1", State: incident.PageIntended, IntendedAt: start}
			m := outbound(incident.PageKey(p.ID), messages.LanePage, "U1", "page")
			m.PageID = p.ID
			inc := incident.Incident{Number: n + 1, GroupKey: p.ID, Status: incident.Open}
			require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc, Pages: []incident.Page{p}, Messages: []messages.Outbound{m}}))
			row := onlyDue(t, o, start)
			var begun error
			var both sync.WaitGroup
			both.Go(func() {
				if begun = o.Begin(ctx, row.ID, 1, start); begun == nil {
					begun = o.Done(ctx, row.ID, 1, "D1", fmt.Sprintf("%d.1", n+1), start)
				}
			})
			both.Go(func() {
				inc, p := inc, p
				inc.Version, p.State, p.AckedAt = 1, incident.PageCancelled, start
				err := s.Apply(ctx, escalation.Change{Incident: inc, Pages: []incident.Page{p}, CancelMessages: []string{m.Key}})
				if err != nil {
					t.Error(err)
				}
			})
			both.Wait()
			pages, err := s.Pages(ctx, n+1)
			require.NoError(t, err)
			if begun == nil {
				require.NotEqual(t, incident.PageCancelled, pages[0].State, "it was sent")
			} else {
				require.ErrorIs(t, begun, deliver.ErrCancelled)
				require.Equal(t, incident.PageCancelled, pages[0].State)
			}
			require.Empty(t, dueKeys(t, o, start))
		}
	})
}

func TestPutRefusesWhatCannotBeSent(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		require.ErrorContains(t, s.Put(t.Context(), messages.Outbound{Channel: "C1"}), "key and channel")
		require.ErrorContains(t, s.Put(t.Context(), messages.Outbound{Key: "k"}), "key and channel")
	})
}

// BenchmarkDue reads the outbox with a backlog of 10,000 messages, a tenth of them pages to 50 people.
func BenchmarkDue(b *testing.B) { onEachServer(b, benchmarkDue) }

func benchmarkDue(b *testing.B, s *Store) {
	var all []messages.Outbound
	for i := range 10_000 {
		m := outbound(fmt.Sprint("m", i), messages.LaneEntry, "C1", "text")
		if i%10 == 0 {
			m.Lane, m.Channel = messages.LanePage, fmt.Sprint("U", i%500)
		}
		all = append(all, m)
	}
	require.NoError(b, s.Put(b.Context(), all...))
	for b.Loop() {
		rows, _, err := s.Outbox().Due(b.Context(), start, 100)
		require.NoError(b, err)
		require.NotEmpty(b, rows)
	}
}
