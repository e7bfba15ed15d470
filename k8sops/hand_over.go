package k8sops

import (
	"context"
	"errors"
)

// ErrHandOver is why the context of a run ends when another opsbot, or this one after its next start, goes on with it.
var ErrHandOver = errors.New("the run goes on elsewhere")

// GivenUp reports that a run's context has ended for good: a person stopped it, or its time is up. What it began outside opsbot is to
// be ended then; where the run goes on elsewhere, it is to be left as it is.
func GivenUp(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrHandOver)
}
