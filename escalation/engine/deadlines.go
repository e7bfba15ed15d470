package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"

	"go.uber.org/zap"
)

const (
	// dueBatch is how many due incidents share a transaction, so that the last of many does not wait for a commit of each before
	// it.
	dueBatch = 50
	// failuresAtOnce is after how many failing incidents the store itself is taken to fail.
	failuresAtOnce = 5
	// refusedFor is how long an incident that the store refuses is left alone.
	refusedFor = time.Minute
)

// refused are the due incidents that cannot be stored, with the time to try again. They are the oldest due ones, so the query
// would return them first again and again.
type refused map[int64]time.Time

// without removes them from the due incidents.
func (r refused) without(due []incident.Incident) []incident.Incident {
	return slices.DeleteFunc(due, func(inc incident.Incident) bool { _, ok := r[inc.Number]; return ok })
}

// fire does what is due and returns when the next deadline is (zero: none).
func (s *Service) fire(ctx context.Context) (time.Time, error) {
	for {
		now := s.Now()
		maps.DeleteFunc(s.refused, func(_ int64, until time.Time) bool { return !until.After(now) })
		due, next, err := s.Queries.Due(ctx, now, dueBatch+len(s.refused))
		if err != nil {
			return time.Time{}, err
		}
		if due = s.refused.without(due); len(due) == 0 {
			for _, until := range s.refused {
				next = times.Earliest(next, until)
			}
			return next, nil
		}
		if err := s.fireAll(ctx, due); err != nil {
			return time.Time{}, err
		}
	}
}

// fireAll decides on all due incidents together. If one was changed meanwhile or fails, each is decided on alone: an incident
// that cannot be stored must not delay the pages of the others.
func (s *Service) fireAll(ctx context.Context, due []incident.Incident) error {
	if s.fireTogether(ctx, due) == nil {
		return nil
	}
	var problems []error
	for _, inc := range due {
		err := s.fireTogether(ctx, []incident.Incident{inc})
		if err == nil || errors.Is(err, incident.ErrConflict) { // Due is asked again: it may no longer be due
			continue
		}
		if errors.Is(err, incident.ErrRefused) {
			s.Log.Error("incident cannot be stored, its deadlines wait", zap.Int64("incident", inc.Number), zap.Error(err))
			s.refused[inc.Number] = s.Now().Add(refusedFor)
			continue
		}
		problems = append(problems, fmt.Errorf("%s: %w", incident.Label(inc.Number), err))
		if len(problems) == failuresAtOnce {
			break
		}
	}
	return errors.Join(problems...)
}

func (s *Service) fireTogether(ctx context.Context, due []incident.Incident) (err error) {
	defer refusePanic(&err)
	directory, err := s.directory(ctx)
	if err != nil {
		return err
	}
	var changes []escalation.Change
	for _, inc := range due {
		pages, err := s.Queries.Pages(ctx, inc.Number)
		if err != nil {
			return err
		}
		if c := escalation.Next(s.Policy, directory, inc, pages, s.Now()); !c.Empty() {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return s.apply(ctx, changes...)
}
