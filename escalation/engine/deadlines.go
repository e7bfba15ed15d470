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
	// dueBatch is how many incidents share a transaction: when many are due at once, the last one should not wait for a
	// commit of each before it.
	dueBatch = 50
	// failuresAtOnce is how many incidents may fail before it is the store that fails, and not they.
	failuresAtOnce = 5
	// refusedFor is how long an incident is left alone that the store refuses.
	refusedFor = time.Minute
)

// refused are the incidents that are due and cannot be stored, with when to try again. They are the oldest that are due, so
// the query would give them out before all others, again and again.
type refused map[int64]time.Time

// without takes them out of what is due.
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

// fireAll decides on the incidents as Due returned them. When somebody changed one meanwhile, or one fails, they are decided
// on alone: an incident that cannot be stored must not keep the others from being paged for.
func (s *Service) fireAll(ctx context.Context, due []incident.Incident) error {
	if s.fireTogether(ctx, due) == nil {
		return nil
	}
	var problems []error
	for _, inc := range due {
		err := s.fireTogether(ctx, []incident.Incident{inc})
		if err == nil || errors.Is(err, incident.ErrConflict) { // then Due is asked again: it may not be due any more
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
