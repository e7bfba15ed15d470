// Package lab is what the benchmark and the fault runs share: building opsbot, running it and the programs around it as
// processes, measuring them, and taking everything down again.
package lab

import (
	"errors"
	"fmt"
)

// Teardown is a stack of cleanups, run in the reverse order of their making however a round ends.
type Teardown struct{ steps []func() error }

// Add registers a cleanup; call it the moment the thing exists.
func (t *Teardown) Add(name string, do func() error) {
	t.steps = append(t.steps, func() error {
		if err := do(); err != nil {
			return fmt.Errorf("stop %s: %w", name, err)
		}
		return nil
	})
}

// Close does every step, whatever the others return.
func (t *Teardown) Close() error {
	var problems []error
	for i := len(t.steps) - 1; i >= 0; i-- {
		problems = append(problems, t.steps[i]())
	}
	t.steps = nil
	return errors.Join(problems...)
}
