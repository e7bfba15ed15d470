package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers/audit"
	"opsbot/messages"
)

// incidentFor stores an incident with a line of its timeline, a page and a message that was sent.
func incidentFor(t *testing.T, s *Store, inc incident.Incident) {
	t.Helper()
	number, err := s.NextNumber(t.Context())
	require.NoError(t, err)
	inc.Number, inc.OpenedAt = number, inc.ResolvedAt.Add(-time.Hour)
	header := outbound(incident.HeaderKey(number), messages.LaneHeader, "C1", "")
	require.NoError(t, s.Apply(t.Context(), escalation.Change{
		Incident: inc, Groups: []string{incident.Label(number)}, Firing: map[string]bool{incident.Label(number): true},
		Entries:  []incident.Entry{{Incident: number, Number: 1, Text: messages.New("escalation.entry.note", "user", messages.User("U1"), "note", "why")}},
		Pages:    []incident.Page{{ID: incident.PageID(number, 1), Incident: number, Via: oncall.ViaSlack, State: incident.PageAcked}},
		Messages: []messages.Outbound{header},
	}))
	row := rowOf(t, s, header.Key)
	require.NoError(t, s.Outbox().Done(t.Context(), row.id, row.version, "C1", "1.00000"+incident.Label(number), start))
}

func numbers(list []Archived) (numbers []int64) {
	for _, a := range list {
		numbers = append(numbers, a.Incident.Number)
	}
	return numbers
}

func TestArchiveIncidents(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		over := incident.Incident{Status: incident.Resolved, ResolvedAt: start}
		open, due, young := over, over, over
		open.Status, due.DueAt, young.ResolvedAt = incident.Open, start.Add(time.Hour), start.Add(time.Hour)
		for _, inc := range []incident.Incident{over, open, due, young, over, over, over} { // 1 to 7
			incidentFor(t, s, inc)
		}
		require.NoError(t, s.Put(ctx, outbound(incident.HeaderKey(5), messages.LaneHeader, "C1", "another")), "5 has a message that waits")
		require.NoError(t, s.Put(ctx, outbound("incident/60/header", messages.LaneHeader, "C1", "")), "not of 6")
		require.NoError(t, s.Audit(ctx, audit.Event{At: start, Action: "x"}))
		var kept []Archived
		keep := func(list []Archived) error { kept = append(kept, list...); return nil }

		full := errors.New("disk full")
		_, err := s.ArchiveIncidents(ctx, start.Add(time.Minute), func([]Archived) error { return full })
		require.ErrorIs(t, err, full)
		_, err = s.Incident(ctx, 1)
		require.NoError(t, err, "what is not in the archive stays")

		n, err := s.ArchiveIncidents(ctx, start.Add(time.Minute), keep)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Equal(t, []int64{1, 6}, numbers(kept), "7 is the newest")
		require.Len(t, kept[0].Entries, 1)
		require.Equal(t, incident.PageAcked, kept[0].Pages[0].State)

		list, err := s.Incidents(ctx, false, 10)
		require.NoError(t, err)
		require.Len(t, list, 5)
		for table, left := range map[string]int{"entries": 5, "pages": 5, "incident_groups": 5, "firing_alerts": 5, "outbox": 6, "audit": 1} {
			var rows int
			require.NoError(t, s.db.Reads.Row(ctx, `SELECT COUNT(*) FROM `+table, nil, &rows)) //nolint:gosec // the tables above
			require.Equal(t, left, rows, table)
		}
		_, err = s.Incident(ctx, 6)
		require.ErrorIs(t, err, incident.ErrNotFound)
		number, err := s.NextNumber(ctx)
		require.NoError(t, err)
		require.EqualValues(t, 8, number)
	})
}

// Somebody reopens an incident while it is being archived: it stays.
func TestIncidentThatChangesIsNotRemoved(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		over := incident.Incident{Status: incident.Resolved, ResolvedAt: start}
		incidentFor(t, s, over)
		incidentFor(t, s, over)
		n, err := s.ArchiveIncidents(t.Context(), start.Add(time.Minute), func(list []Archived) error {
			inc := list[0].Incident
			inc.Status = incident.Open
			return s.Apply(t.Context(), escalation.Change{Incident: inc})
		})
		require.NoError(t, err)
		require.Zero(t, n)
		inc, err := s.Incident(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, incident.Open, inc.Status)
	})
}

// What nobody is reminded of, because it has no date, would be forgotten with its incident.
func TestAnOpenFollowUpKeepsItsIncident(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		over := incident.Incident{Status: incident.Resolved, ResolvedAt: start}
		open, done := over, over
		open.FollowUps = []incident.FollowUp{{Number: 1, DoneAt: start}, {Number: 2}}
		done.FollowUps = open.FollowUps[:1]
		for _, inc := range []incident.Incident{open, done, over} { // 1 to 3, of which the newest stays
			incidentFor(t, s, inc)
		}
		var kept []Archived
		_, err := s.ArchiveIncidents(t.Context(), start.Add(time.Minute), func(list []Archived) error { kept = append(kept, list...); return nil })
		require.NoError(t, err)
		require.Equal(t, []int64{2}, numbers(kept))
		list, err := s.WithFollowUps(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
	})
}

func TestNumbersGoOnAfterTheArchive(t *testing.T) {
	url := fileURL(t)
	s := openURL(t, url)
	for range 3 {
		incidentFor(t, s, incident.Incident{Status: incident.Resolved, ResolvedAt: start})
	}
	n, err := s.ArchiveIncidents(t.Context(), start.Add(time.Minute), func([]Archived) error { return nil })
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.NoError(t, s.Close())
	number, err := openURL(t, url).NextNumber(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 4, number)
}

func TestArchiveFiles(t *testing.T) {
	a := Archive{Dir: filepath.Join(t.TempDir(), "[archive]")}
	record := func(number int64, month time.Month, title string) Archived {
		return Archived{Incident: incident.Incident{Number: number, Title: title, OpenedAt: time.Date(2026, month, 2, 0, 0, 0, 0, time.UTC)}}
	}
	require.NoError(t, a.Append([]Archived{record(1, 3, "one"), record(2, 4, "two")}))
	march := filepath.Join(a.Dir, "incidents-2026-03.jsonl")
	whole, err := os.ReadFile(march)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(march, append(whole, whole[:20]...), 0o600), "a write that was cut off")
	require.NoError(t, a.Append([]Archived{record(3, 3, "three")}))
	var read []int64
	problems := 0
	for record, err := range a.All() {
		if err != nil {
			require.ErrorContains(t, err, "incidents-2026-03.jsonl, line 2")
			problems++
			continue
		}
		read = append(read, record.Incident.Number)
	}
	require.Equal(t, []int64{1, 3, 2}, read)
	require.Equal(t, 1, problems)

	require.NoError(t, a.Append([]Archived{record(2, 4, "two, again")}))
	found, err := a.Find(2)
	require.NoError(t, err)
	require.Equal(t, "two, again", found.Incident.Title, "the last line counts")
	for _, archive := range []Archive{a, {}} {
		_, err = archive.Find(4)
		require.ErrorIs(t, err, incident.ErrNotFound)
	}
}
