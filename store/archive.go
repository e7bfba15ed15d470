package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/report"
)

// archiveBatch is how many incidents are archived at once: as much as is kept in memory, and synced to the disk together.
const archiveBatch = 10

// Archived is an incident with everything that is kept of it.
type Archived struct {
	Incident incident.Incident `json:"incident"`
	Entries  []incident.Entry  `json:"entries"`
	Pages    []incident.Page   `json:"pages"`
}

// Timeline is what reports are made of.
func (a Archived) Timeline() report.Timeline {
	return report.Timeline{Incident: a.Incident, Entries: a.Entries, Pages: a.Pages}
}

// ArchiveIncidents hands the incidents that were resolved before, wait for nothing and have no open follow-up, to keep, and removes them with their
// messages once keep has made them durable. Should opsbot die in between, they are handed over again. The newest incident
// stays, because its number tells what the next one is.
func (s *Store) ArchiveIncidents(ctx context.Context, before time.Time, keep func([]Archived) error) (archived int, err error) {
	for last := int64(0); ; {
		list, err := s.oldIncidents(ctx, last)
		if err != nil || len(list) == 0 {
			return archived, wrap("find old incidents", err)
		}
		last = list[len(list)-1].Number
		batch, err := s.collect(ctx, list, before)
		if err != nil {
			return archived, err
		}
		if len(batch) == 0 {
			continue
		}
		if err := keep(batch); err != nil {
			return archived, fmt.Errorf("archive incidents up to %d: %w", last, err)
		}
		for _, a := range batch {
			removed, err := s.removeIncident(ctx, a.Incident)
			if err != nil {
				return archived, err
			}
			if removed {
				archived++
			}
		}
	}
}

// oldIncidents lists resolved incidents with a number above after for which neither a deadline nor a page nor a message waits.
func (s *Store) oldIncidents(ctx context.Context, after int64) ([]incident.Incident, error) {
	return listBodies[incident.Incident](ctx, s, `SELECT body FROM incidents i
		WHERE number > ? AND status = 'resolved' AND due_at = 0 AND number < (SELECT MAX(number) FROM incidents)
			AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.incident = i.number AND p.courier = 1)
		ORDER BY number LIMIT ?`, after, archiveBatch)
}

// collect reads what belongs to those of the incidents that were resolved before.
func (s *Store) collect(ctx context.Context, list []incident.Incident, before time.Time) ([]Archived, error) {
	var batch []Archived
	for _, inc := range list {
		isWaiting, err := s.hasPending(ctx, inc.Number)
		if err != nil {
			return nil, err
		}
		if isWaiting || !inc.ResolvedAt.Before(before) || slices.ContainsFunc(inc.FollowUps, incident.FollowUp.Open) {
			continue
		}
		a := Archived{Incident: inc}
		if a.Entries, err = s.Entries(ctx, inc.Number); err != nil {
			return nil, err
		}
		if a.Pages, err = s.Pages(ctx, inc.Number); err != nil {
			return nil, err
		}
		batch = append(batch, a)
	}
	return batch, nil
}

func (s *Store) hasPending(ctx context.Context, number int64) (bool, error) {
	from, to := keysOf(number)
	var n int
	err := s.db.Reads.Row(ctx, `SELECT COUNT(*) FROM outbox WHERE key >= ? AND key < ? AND pending = 1`, []any{from, to}, &n)
	return n > 0, wrap(fmt.Sprintf("read messages of incident %d", number), err)
}

// keysOf is the range of the keys of an incident's messages: 0 follows the slash.
func keysOf(number int64) (from, to string) {
	prefix := fmt.Sprintf("incident/%d", number)
	return prefix + "/", prefix + "0"
}

// removeIncident removes the incident as it was read; false when it was changed since.
func (s *Store) removeIncident(ctx context.Context, inc incident.Incident) (removed bool, err error) {
	err = s.write(ctx, fmt.Sprintf("remove incident %d", inc.Number), func(t *tx) error {
		removed, err = t.Change(`DELETE FROM incidents WHERE number = ? AND version = ? AND status = 'resolved'`, inc.Number, inc.Version)
		if err != nil || !removed {
			return err
		}
		from, to := keysOf(inc.Number)
		for _, d := range []struct {
			query string
			args  []any
		}{
			{`DELETE FROM incident_groups WHERE incident = ?`, []any{inc.Number}},
			{`DELETE FROM firing_alerts WHERE incident = ?`, []any{inc.Number}},
			{`DELETE FROM entries WHERE incident = ?`, []any{inc.Number}},
			{`DELETE FROM outbox WHERE key >= ? AND key < ?`, []any{from, to}},
			{`DELETE FROM pages WHERE incident = ?`, []any{inc.Number}},
		} {
			if _, err := t.Exec(d.query, d.args...); err != nil {
				return err
			}
		}
		return nil
	})
	return removed && err == nil, err
}
