package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"opsbot/messages"
	"opsbot/runs"
)

// AddSchedule stores a schedule under the next number and returns it as stored. One that the same call has planned already is
// returned instead.
func (s *Store) AddSchedule(ctx context.Context, planned runs.Schedule) (runs.Schedule, error) {
	stored := planned
	err := s.write(ctx, "store schedule of call "+planned.Plan, func(t *tx) error {
		if err := t.holdAudit(); err != nil { // two replicas must not give out the same number
			return err
		}
		var err error
		stored, err = t.schedule(`SELECT body FROM schedules WHERE plan = ?`, planned.Plan)
		if !errors.Is(err, runs.ErrNotFound) {
			return err
		}
		stored = planned
		if err := t.Row(`SELECT COALESCE(MAX(number), 0) + 1 FROM schedules`, nil, &stored.Number); err != nil {
			return err
		}
		body, err := json.Marshal(stored)
		if err != nil {
			return err
		}
		_, err = t.Exec(`INSERT INTO schedules (number, plan, state, due_at, body) VALUES (?, ?, ?, ?, ?)`,
			stored.Number, stored.Plan, stored.State, nanos(stored.Due), string(body))
		return err
	})
	return stored, err
}

// Schedule returns one schedule, runs.ErrNotFound where there is none of that number.
func (s *Store) Schedule(ctx context.Context, number int64) (runs.Schedule, error) {
	list, err := listBodies[runs.Schedule](ctx, s, `SELECT body FROM schedules WHERE number = ?`, number)
	if err == nil && len(list) == 0 {
		err = runs.ErrNotFound
	}
	if err != nil {
		return runs.Schedule{}, wrap(fmt.Sprintf("read schedule %d", number), err)
	}
	return list[0], nil
}

// Schedules returns those of which something is to come, the next first.
func (s *Store) Schedules(ctx context.Context) ([]runs.Schedule, error) {
	list, err := listBodies[runs.Schedule](ctx, s, `SELECT body FROM schedules WHERE state = ? ORDER BY due_at, number`, runs.Active)
	return list, wrap("list schedules", err)
}

// DueSchedules returns those whose next call is due, the longest due first.
func (s *Store) DueSchedules(ctx context.Context, now time.Time) ([]runs.Schedule, error) {
	list, err := listBodies[runs.Schedule](ctx, s, `SELECT body FROM schedules WHERE state = ? AND due_at <= ? ORDER BY due_at, number`,
		runs.Active, nanos(now))
	return list, wrap("list due schedules", err)
}

// CancelSchedule takes a schedule back. The error is runs.ErrNotFound where nothing of it is to come.
func (s *Store) CancelSchedule(ctx context.Context, number int64, by string, at time.Time) error {
	return s.write(ctx, fmt.Sprintf("cancel schedule %d", number), func(t *tx) error {
		planned, err := t.schedule(`SELECT body FROM schedules WHERE number = ? AND state = ?`, number, runs.Active)
		if err != nil {
			return err
		}
		return t.advanceSchedule(planned.Due, planned.Ended(runs.Cancelled, by, at))
	})
}

// AdvanceSchedule replaces a schedule whose next call was due at a time, together with what is to be said. The error is
// runs.ErrNotFound where that call is not to come any more: it was made, or the schedule cancelled.
func (s *Store) AdvanceSchedule(ctx context.Context, due time.Time, next runs.Schedule, say ...messages.Outbound) error {
	return s.write(ctx, fmt.Sprintf("advance schedule %d", next.Number), func(t *tx) error {
		if err := t.advanceSchedule(due, next); err != nil {
			return err
		}
		return t.putMessages(say, s.now())
	})
}

func (t *tx) advanceSchedule(due time.Time, next runs.Schedule) error {
	body, err := json.Marshal(next)
	if err != nil {
		return err
	}
	ok, err := t.Change(`UPDATE schedules SET state = ?, due_at = ?, body = ? WHERE number = ? AND state = ? AND due_at = ?`,
		next.State, nanos(next.Due), string(body), next.Number, runs.Active, nanos(due))
	if err == nil && !ok {
		err = runs.ErrNotFound
	}
	return err
}

func (t *tx) schedule(query string, args ...any) (runs.Schedule, error) {
	var found runs.Schedule
	var body string
	err := t.Row(query, args, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return found, runs.ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &found)
	}
	return found, err
}
