package escalation

import (
	"context"
	"errors"
	"time"
)

const dueBatch = 100

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
		for _, inc := range due {
			if err := s.fireOne(ctx, inc); err != nil {
				return time.Time{}, err
			}
		}
	}
}

// fireOne decides on the incident as Due returned it. When somebody changed it meanwhile, Due is asked again: it may
// not be due any more.
func (s *Service) fireOne(ctx context.Context, inc Incident) error {
	pages, err := s.Queries.Pages(ctx, inc.Number)
	if err != nil {
		return err
	}
	directory, err := s.directory(ctx)
	if err != nil {
		return err
	}
	c := Next(s.Policy, directory, inc, pages, s.Now())
	if c.Empty() {
		return nil
	}
	if err := s.apply(ctx, c); err != nil && !errors.Is(err, ErrConflict) {
		return err
	}
	return nil
}
