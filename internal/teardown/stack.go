// Package teardown undoes what was made, in the reverse order.
package teardown

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Stack is a stack of cleanups. Each resource registers its own the moment it exists, so that a start that fails half
// way is undone as completely as a run that ends, and in the reverse order of making.
type Stack struct{ steps []step }

type step struct {
	name string
	do   func(context.Context) error
}

// Add registers a cleanup; name is for the error.
func (t *Stack) Add(name string, do func(context.Context) error) {
	t.steps = append(t.steps, step{name, do})
}

// Run does every step, whatever the others return, within the limit.
func (t *Stack) Run(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var problems []error
	for i := len(t.steps) - 1; i >= 0; i-- {
		if err := t.steps[i].do(ctx); err != nil {
			problems = append(problems, fmt.Errorf("stop %s: %w", t.steps[i].name, err))
		}
	}
	t.steps = nil
	return errors.Join(problems...)
}

// Spawn runs a loop until the teardown. failed receives the error of a loop that ends by itself.
func (t *Stack) Spawn(failed chan<- error, name string, loop func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := loop(ctx); err != nil && ctx.Err() == nil {
			select {
			case failed <- fmt.Errorf("%s: %w", name, err):
			default: // one reason to stop is enough
			}
		}
	}()
	t.Add(name, func(limit context.Context) error {
		cancel()
		select {
		case <-ended:
			return nil
		case <-limit.Done():
			return limit.Err()
		}
	})
}
