package operations

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/internal/optest"
	"opsbot/k8sops"
)

// control has runs and remembers which were stopped.
type control struct {
	runs    []calls.Record
	stopped []string
	refuses error
}

func (c *control) UnderWay(context.Context) ([]calls.Record, error) {
	return slices.Clone(c.runs), nil
}

func (c *control) Stop(_ context.Context, user, _ string, r calls.Record) error {
	if c.refuses == nil {
		c.stopped = append(c.stopped, user+" "+r.ID)
	}
	return c.refuses
}

func cancelled(t *testing.T, c *control, line string) (*k8sops.Result, error) {
	t.Helper()
	call, _ := optest.NewCall(t, RunOperations(c, optest.TestNow), line)
	call.Source.User = "U0LEAD"
	return call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
}

func TestOpsCancelListsAndStopsRuns(t *testing.T) {
	c := &control{runs: []calls.Record{
		{ID: "57948c3e-eebc", Command: "restore db x", StartedAt: optest.TestNow().Add(-time.Minute)},
		{ID: "57aa0000-0001", Command: "rollout user", StartedAt: optest.TestNow()},
		{ID: "c0ffee42", Command: "ops cancel"}, // this very call
	}}
	listed, err := cancelled(t, c, "ops cancel")
	require.NoError(t, err)
	require.Equal(t, []string{"ops cancel 57948c3e-eebc", "ops cancel 57aa0000-0001"}, listed.Suggest)

	_, err = cancelled(t, c, "ops cancel 5794")
	require.NoError(t, err)
	require.Equal(t, []string{"U0LEAD 57948c3e-eebc"}, c.stopped)

	for _, line := range []string{"ops cancel 57", "ops cancel 99", "ops cancel c0ffee42"} {
		_, err = cancelled(t, c, line)
		require.Equal(t, "run.cancel.unknown", optest.MessageID(t, err), line)
	}
	c.refuses = &k8sops.Error{Code: k8sops.CodeForbidden}
	_, err = cancelled(t, c, "ops cancel 5794")
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
}
