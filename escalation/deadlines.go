package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// dueBatch is how many incidents share a transaction: when many are due at once, the last one should not wait for a
	// commit of each before it.
	dueBatch = 50
	// failuresAtOnce is how many incidents may fail before it is the store that fails, and not they.
	failuresAtOnce = 5
)

// fire does what is due and returns when the next deadline is (zero: none).
func (s *Service) fire(ctx context.Context) (time.Time, error) {
	for {
		due, next, err := s.Queries.Due(ctx, s.Now(), dueBatch)
		if err != nil {
			return time.Time{}, err
		}
		if len(due) == 0 {
			return next, nil
		}
		if err := s.fireAll(ctx, due); err != nil {
			return time.Time{}, err
		}
	}
}

// fireAll decides on the incidents as Due returned them. When somebody changed one meanwhile, or one fails, they are decided
// on alone: an incident that cannot be stored must not keep the others from being paged for.
func (s *Service) fireAll(ctx context.Context, due []Incident) error {
	if s.fireTogether(ctx, due) == nil {
		return nil
	}
	var problems []error
	for _, inc := range due {
		err := s.fireTogether(ctx, []Incident{inc})
		if err == nil || errors.Is(err, ErrConflict) { // then Due is asked again: it may not be due any more
			continue
		}
		problems = append(problems, fmt.Errorf("%s: %w", Label(inc.Number), err))
		if len(problems) == failuresAtOnce {
			break
		}
	}
	return errors.Join(problems...)
}

func (s *Service) fireTogether(ctx context.Context, due []Incident) error {
	directory, err := s.directory(ctx)
	if err != nil {
		return err
	}
	var changes []Change
	for _, inc := range due {
		pages, err := s.Queries.Pages(ctx, inc.Number)
		if err != nil {
			return err
		}
		if c := Next(s.Policy, directory, inc, pages, s.Now()); !c.Empty() {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return s.apply(ctx, changes...)
}
