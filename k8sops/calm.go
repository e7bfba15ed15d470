package k8sops

import (
	"context"

	"k8s.io/client-go/util/retry"
)

// calm plans again when the API server says that the object has moved meanwhile. In an incident the status of a
// deployment moves all the time, and a plan changes nothing, so there is no reason to trouble a person with that.
func calm(plan func(context.Context, *Call) (*Plan, error)) func(context.Context, *Call) (*Plan, error) {
	return func(ctx context.Context, call *Call) (p *Plan, err error) {
		err = retry.RetryOnConflict(retry.DefaultBackoff, func() error {
			p, err = plan(ctx, call)
			return err
		})
		return p, err
	}
}
