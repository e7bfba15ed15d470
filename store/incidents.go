package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
)

// Apply stores the changes in one transaction, or none of them.
func (s *Store) Apply(ctx context.Context, changes ...escalation.Change) error {
	return s.write(ctx, "store incidents", func(t *tx) error {
		for _, c := range changes {
			if err := t.apply(c, s.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) apply(c escalation.Change, now time.Time) error {
	for _, id := range c.Processed {
		if err := t.process(id); err != nil {
			return err
		}
	}
	if c.Incident.Number == 0 {
		return nil
	}
	if err := t.saveState(c); err != nil {
		return err
	}
	for _, e := range c.Entries {
		if err := t.insertEntry(e); err != nil {
			return err
		}
	}
	if err := t.putMessages(c.Messages, now); err != nil {
		return err
	}
	for _, key := range c.CancelMessages {
		if err := t.cancelMessage(key); err != nil {
			return err
		}
	}
	// Messages before pages, as delivery takes them: two transactions must not wait for each other.
	for _, p := range c.Pages {
		if err := t.savePage(p); err != nil {
			return err
		}
	}
	return nil
}

// saveState writes the incident with what it is found by.
func (t *tx) saveState(c escalation.Change) error {
	if err := t.saveIncident(c.Incident); err != nil {
		return err
	}
	for _, key := range c.Groups {
		if err := t.assignGroup(key, c.Incident.Number); err != nil {
			return err
		}
	}
	return t.indexAlerts(c)
}

// saveIncident creates an incident of Version 0, and else replaces the stored one if that has the same Version.
func (t *tx) saveIncident(inc incident.Incident) error {
	read := inc.Version
	inc.Version++
	body, err := encoded(inc)
	if err != nil {
		return fmt.Errorf("encode incident %d: %w", inc.Number, err)
	}
	fed := int64(0)
	if inc.Storm {
		fed = nanos(inc.LastFiredAt)
	}
	var ok bool
	if read == 0 {
		ok, err = t.Change(`INSERT INTO incidents (number, version, status, due_at, correlation, opened_at, fed_at, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			inc.Number, inc.Version, inc.Status, nanos(inc.DueAt), indexable(inc.Correlation), nanos(inc.OpenedAt), fed, body)
	} else {
		ok, err = t.Change(`UPDATE incidents SET version = ?, status = ?, due_at = ?, fed_at = ?, body = ? WHERE number = ? AND version = ?`,
			inc.Version, inc.Status, nanos(inc.DueAt), fed, body, inc.Number, read)
	}
	if err == nil && !ok {
		err = fmt.Errorf("incident %d, version %d: %w", inc.Number, read, incident.ErrConflict)
	}
	return err
}

func (t *tx) assignGroup(key string, number int64) error {
	_, err := t.Exec(`INSERT INTO incident_groups (group_key, incident) VALUES (?, ?)
		ON CONFLICT (group_key) DO UPDATE SET incident = excluded.incident`, indexable(key), number)
	return err
}

// indexable shortens text that is made of labels to what a PostgreSQL index takes, a third of a page of 8 KB. Equal texts
// stay equal, and different texts stay different.
func indexable(text string) string {
	const longest = 1024
	if len(text) <= longest {
		return text
	}
	return fmt.Sprintf("%s…%x", text[:longest/2], sha256.Sum256([]byte(text)))
}

func (t *tx) insertEntry(e incident.Entry) error {
	body, err := json.Marshal(entryWithoutSecrets(e))
	if err != nil {
		return fmt.Errorf("encode entry %d of incident %d: %w", e.Number, e.Incident, err)
	}
	_, err = t.Exec(`INSERT INTO entries (incident, number, body) VALUES (?, ?, ?)`, e.Incident, e.Number, string(body))
	return err
}

// NextNumber gives out each number once. A number that no incident was stored with may be left out or be given out again
// after a restart.
func (s *Store) NextNumber(ctx context.Context) (number int64, err error) {
	if s.own.nextNumber == "" {
		return s.lastNumber.Add(1), nil
	}
	err = s.db.Writes.Row(ctx, s.own.nextNumber, nil, &number)
	return number, wrap("take an incident number", err)
}

// OpenByGroup returns the incident that the group's alerts go to, if that is not resolved.
func (s *Store) OpenByGroup(ctx context.Context, groupKey string) (number int64, err error) {
	err = s.db.Reads.Row(ctx, `SELECT number FROM incident_groups JOIN incidents ON number = incident
		WHERE group_key = ? AND status <> 'resolved'`, []any{indexable(groupKey)}, &number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, incident.ErrNotFound
	}
	return number, wrap("find incident of group "+groupKey, err)
}

// Openings counts the incidents of a correlation that opened after since, and finds its storm that goes on; 0 for none.
func (s *Store) Openings(ctx context.Context, correlation string, since time.Time) (opened int, storm int64, err error) {
	correlation = indexable(correlation)
	err = s.db.Reads.Row(ctx, `SELECT (SELECT COUNT(*) FROM incidents WHERE correlation = ? AND opened_at > ?),
		(SELECT COALESCE(MAX(number), 0) FROM incidents WHERE correlation = ? AND fed_at > ? AND status <> 'resolved')`,
		[]any{correlation, nanos(since), correlation, nanos(since)}, &opened, &storm)
	return opened, storm, wrap("count incidents that opened lately", err)
}

// Incident returns one incident.
func (s *Store) Incident(ctx context.Context, number int64) (incident.Incident, error) {
	return s.incident(ctx, fmt.Sprintf("read incident %d", number), `SELECT body FROM incidents WHERE number = ?`, number)
}

func (s *Store) incident(ctx context.Context, action, query string, args ...any) (incident.Incident, error) {
	list, err := listBodies[incident.Incident](ctx, s, query, args...)
	if err != nil {
		return incident.Incident{}, wrap(action, err)
	}
	if len(list) == 0 {
		return incident.Incident{}, fmt.Errorf("%s: %w", action, incident.ErrNotFound)
	}
	return list[0], nil
}

// encoded is v as JSON. The incident of a storm has megabytes and is written often: json.Marshal would make two copies more.
func encoded(v any) (string, error) {
	var b strings.Builder
	err := json.NewEncoder(&b).Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// Due returns what is due at now, and when the next incident is.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]incident.Incident, time.Time, error) {
	due, err := listBodies[incident.Incident](ctx, s,
		`SELECT body FROM incidents WHERE due_at > 0 AND due_at <= ? ORDER BY due_at, number LIMIT ?`, nanos(now), limit)
	if err != nil {
		return nil, time.Time{}, wrap("read due incidents", err)
	}
	var next sql.NullInt64
	err = s.db.Reads.Row(ctx, `SELECT MIN(due_at) FROM incidents WHERE due_at > 0 AND due_at > ?`, []any{nanos(now)}, &next)
	return due, fromNanos(next.Int64), wrap("read next deadline", err)
}

// Incidents lists incidents, the newest first.
func (s *Store) Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error) {
	query := `SELECT body FROM incidents ORDER BY number DESC LIMIT ?`
	if activeOnly {
		query = `SELECT body FROM incidents WHERE status <> 'resolved' ORDER BY number DESC LIMIT ?`
	}
	list, err := listBodies[incident.Incident](ctx, s, query, limit)
	return list, wrap("list incidents", err)
}

// WithFollowUps lists incidents that have follow-ups, the newest first. There are few of them among many, and incidents can
// be large: the database picks them.
func (s *Store) WithFollowUps(ctx context.Context, limit int) ([]incident.Incident, error) {
	list, err := listBodies[incident.Incident](ctx, s, `SELECT body FROM incidents WHERE body LIKE '%"follow_ups":[%' ORDER BY number DESC LIMIT ?`, limit)
	return list, wrap("list incidents with follow-ups", err)
}

// Entries is the timeline of an incident.
func (s *Store) Entries(ctx context.Context, number int64) ([]incident.Entry, error) {
	list, err := listBodies[incident.Entry](ctx, s, `SELECT body FROM entries WHERE incident = ? ORDER BY number`, number)
	return list, wrap(fmt.Sprintf("read timeline of incident %d", number), err)
}

// listBodies reads rows of one JSON column.
func listBodies[T any](ctx context.Context, s *Store, query string, args ...any) ([]T, error) {
	var list []T
	err := s.db.Reads.Each(ctx, query, args, func(rows *sql.Rows) error {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var v T
		if err := json.Unmarshal(body, &v); err != nil {
			return err
		}
		list = append(list, v)
		return nil
	})
	return list, err
}
