package store

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
	"opsbot/k8sops/runbooks"
)

func guidedRun(call, namespace string) runbooks.Run {
	return runbooks.Run{
		Plan: call, Runbook: "emergency network", User: "U1", Channel: "C1", Cluster: "demo", Namespace: namespace, BegunAt: start,
		Steps: []runbooks.Step{{Name: "policies", Call: k8sops.Invocation{Operation: "netpol"}, Line: "netpol", Looks: true, State: runbooks.Waiting}},
	}
}

func TestGuidedRuns(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, all := t.Context(), s.Runbooks()
		first, err := all.AddRun(ctx, guidedRun("call-1", "shop"))
		require.NoError(t, err)
		again, err := all.AddRun(ctx, guidedRun("call-1", "shop"))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(first, again), "a call that is resumed begins nothing twice")
		_, err = all.AddRun(ctx, guidedRun("call-2", "shop"))
		require.ErrorIs(t, err, runbooks.ErrOpen)
		elsewhere, err := all.AddRun(ctx, guidedRun("call-3", "warehouse"))
		require.NoError(t, err)
		require.Greater(t, elsewhere.Number, first.Number)

		next, err := all.UpdateRun(ctx, first.Begin(0, "U2", start))
		require.NoError(t, err)
		_, err = all.UpdateRun(ctx, first.Stop("U3", start))
		require.ErrorIs(t, err, runbooks.ErrConflict, "somebody else was faster")
		stored, err := all.Run(ctx, first.Number)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(next, stored))
		_, err = all.Run(ctx, 99)
		require.ErrorIs(t, err, runbooks.ErrNotFound)

		next, err = all.UpdateRun(ctx, next.Stop("U2", start))
		require.NoError(t, err)
		_, err = all.AddRun(ctx, guidedRun("call-4", "shop"))
		require.NoError(t, err, "what is over keeps nobody from beginning another one")
		unfinished, err := all.Unfinished(ctx)
		require.NoError(t, err)
		require.Len(t, unfinished, 3)
		next.Shown = true
		_, err = all.UpdateRun(ctx, next)
		require.NoError(t, err)
		unfinished, err = all.Unfinished(ctx)
		require.NoError(t, err)
		require.Len(t, unfinished, 2)
	})
}

// Of several that begin at the same moment one does.
func TestOneGuidedRunAtATime(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		errs := make([]error, 8)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() { _, errs[i] = s.Runbooks().AddRun(t.Context(), guidedRun(string(rune('a'+i)), "shop")) })
		}
		group.Wait()
		began := 0
		for _, err := range errs {
			if err == nil {
				began++
				continue
			}
			require.ErrorIs(t, err, runbooks.ErrOpen)
		}
		require.Equal(t, 1, began)
	})
}
