package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

func TestOpeningsOfOneCause(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		open := func(number int64, correlation string, at time.Duration, isStorm bool) incident.Incident {
			inc := incident.Incident{
				Number: number, Status: incident.Open, Correlation: correlation, Storm: isStorm,
				OpenedAt: start.Add(at), LastFiredAt: start.Add(at),
			}
			require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc, Groups: []string{fmt.Sprint("g", number)}}))
			inc.Version++
			return inc
		}
		expect := func(correlation string, since time.Duration, opened int, storm int64) {
			t.Helper()
			o, n, err := s.Openings(ctx, correlation, start.Add(since))
			require.NoError(t, err)
			require.Equal(t, opened, o)
			require.Equal(t, storm, n)
		}
		expect("a", 0, 0, 0)
		open(1, "a", 0, false)
		open(2, "a", time.Second, false)
		open(3, "b", time.Second, false)
		storm := open(4, "a", 2*time.Second, true)
		expect("a", -time.Second, 3, 4)
		expect("a", time.Second, 1, 4)
		expect("a", 2*time.Second, 0, 0)
		expect("b", 0, 1, 0)

		storm.LastFiredAt = start.Add(time.Minute)
		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: storm, Groups: []string{"g9", "g1"}}))
		expect("a", 30*time.Second, 0, 4)
		number, err := s.OpenByGroup(ctx, "g1")
		require.NoError(t, err)
		require.EqualValues(t, 4, number, "the group moved")

		storm.Version, storm.Status = 2, incident.Resolved
		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: storm}))
		expect("a", 30*time.Second, 0, 0)
		_, err = s.OpenByGroup(ctx, "g9")
		require.ErrorIs(t, err, incident.ErrNotFound)
	})
}

func TestIncidentsWithFollowUps(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		list := []incident.FollowUp{{Number: 1, Text: "write a runbook", Owner: "U1"}}
		for number, inc := range []incident.Incident{
			{FollowUps: list, Status: incident.Resolved}, {Title: `"follow_ups":[`}, {FollowUps: list, Title: "新"}, {},
		} {
			inc.Number = int64(number + 1)
			require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc}))
		}
		numbers := func(limit int) []int64 {
			found, err := s.WithFollowUps(ctx, limit)
			require.NoError(t, err)
			var numbers []int64
			for _, inc := range found {
				require.Equal(t, list, inc.FollowUps)
				numbers = append(numbers, inc.Number)
			}
			return numbers
		}
		require.Equal(t, []int64{3, 1}, numbers(10), "what a title says does not count")
		require.Equal(t, []int64{3}, numbers(1))
	})
}

func TestIncidents(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		number, err := s.NextNumber(ctx)
		require.NoError(t, err)
		require.EqualValues(t, 1, number)
		inc := incident.Incident{
			Number: number, GroupKey: "g", Title: "数据库", Status: incident.Open, OpenedAt: start, DueAt: start.Add(time.Minute),
			Alerts: map[string]incident.Alert{"a": {Fingerprint: "a", Firing: true, StartsAt: start, Labels: map[string]string{"k": "v"}}},
		}
		entry := incident.Entry{Incident: 1, Number: 1, At: start, Kind: incident.EntryNote, Text: messages.New("x", "n", 1)}
		_, err = s.OpenByGroup(ctx, "g")
		require.ErrorIs(t, err, incident.ErrNotFound)
		_, err = s.Incident(ctx, 1)
		require.ErrorIs(t, err, incident.ErrNotFound)

		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc, Groups: []string{"g"}, Entries: []incident.Entry{entry}}))
		require.ErrorIs(t, s.Apply(ctx, escalation.Change{Incident: inc}), incident.ErrConflict, "it exists")
		inc.Version = 1
		open, err := s.OpenByGroup(ctx, "g")
		require.NoError(t, err)
		require.EqualValues(t, 1, open)
		got, err := s.Incident(ctx, open)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(inc, got))
		entries, err := s.Entries(ctx, 1)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]incident.Entry{entry}, entries))

		inc.Status = incident.Resolved
		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc}))
		require.ErrorIs(t, s.Apply(ctx, escalation.Change{Incident: inc}), incident.ErrConflict, "it has changed")
		_, err = s.OpenByGroup(ctx, "g")
		require.ErrorIs(t, err, incident.ErrNotFound, "resolved")
		active, err := s.Incidents(ctx, true, 10)
		require.NoError(t, err)
		require.Empty(t, active)
		all, err := s.Incidents(ctx, false, 10)
		require.NoError(t, err)
		require.Len(t, all, 1)
	})
}

// Labels come from outside, and JSON can say what a database's text cannot hold.
func TestOddText(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, odd := t.Context(), "a\x00b\xff?$1'\"数据库"
		inc := incident.Incident{Number: 1, Title: odd, Status: incident.Open, Correlation: odd}
		long := strings.Repeat("odd labels ", 2000)
		id, err := s.Append(ctx, start, []byte(odd))
		require.NoError(t, err)
		require.NoError(t, s.Apply(ctx, escalation.Change{
			Incident: inc, Groups: []string{odd, long}, Messages: []messages.Outbound{outbound(odd, messages.LaneEntry, "C1", odd)},
		}))
		for _, group := range []string{odd, long} {
			number, err := s.OpenByGroup(ctx, group)
			require.NoError(t, err)
			require.EqualValues(t, 1, number)
		}
		_, err = s.OpenByGroup(ctx, long+"!")
		require.ErrorIs(t, err, incident.ErrNotFound)
		row := onlyDue(t, s.Outbox(), start)
		require.NoError(t, s.Outbox().Retry(ctx, row.ID, start, false, odd))
		require.NoError(t, s.Quarantine(ctx, id, odd))
		second, err := s.Append(ctx, start, []byte(odd))
		require.NoError(t, err)
		pending, err := s.Pending(ctx, 10)
		require.NoError(t, err)
		require.Equal(t, []engine.JournalEntry{{ID: second, ReceivedAt: start, Payload: []byte(odd)}}, pending, "a delivery is kept byte for byte")
	})
}

func TestApplyIsAllOrNothing(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		id, err := s.Append(ctx, start, []byte("x"))
		require.NoError(t, err)
		err = s.Apply(ctx,
			escalation.Change{
				Incident: incident.Incident{Number: 1, GroupKey: "g"}, Processed: []int64{id},
				Messages: []messages.Outbound{outbound("k", messages.LaneEntry, "C1", "x")},
			},
			escalation.Change{Incident: incident.Incident{Number: 2, Version: 7}},
		)
		require.ErrorIs(t, err, incident.ErrConflict)
		_, err = s.Incident(ctx, 1)
		require.ErrorIs(t, err, incident.ErrNotFound)
		pending, err := s.Pending(ctx, 10)
		require.NoError(t, err)
		require.Len(t, pending, 1)
		require.Empty(t, dueKeys(t, s.Outbox(), start))
	})
}

func TestDueIncidents(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		for number, due := range []time.Time{start.Add(2 * time.Minute), start.Add(time.Minute), {}, start.Add(time.Hour)} {
			require.NoError(t, s.Apply(t.Context(), escalation.Change{Incident: incident.Incident{Number: int64(number + 1), DueAt: due}}))
		}
		due, next, err := s.Due(t.Context(), start.Add(2*time.Minute), 10)
		require.NoError(t, err)
		require.Equal(t, []int64{2, 1}, []int64{due[0].Number, due[1].Number})
		require.Len(t, due, 2)
		require.Equal(t, start.Add(time.Hour), next)
	})
}

func TestNumbersGoOnAfterRestart(t *testing.T) {
	for name, newURL := range map[string]func(testing.TB) string{"sqlite": fileURL, "postgres": postgresURL} {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			s, err := Open(t.Context(), url, Options{})
			require.NoError(t, err)
			for range 3 {
				_, err = s.NextNumber(t.Context())
				require.NoError(t, err)
			}
			require.NoError(t, s.Apply(t.Context(), escalation.Change{Incident: incident.Incident{Number: 3}}))
			require.NoError(t, s.Close())
			number, err := openURL(t, url).NextNumber(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 4, number)
		})
	}
}
