package lab

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTeardownGoesBackwardsAndTellsOfAllProblems(t *testing.T) {
	var order []string
	var down Teardown
	for _, name := range []string{"first", "second"} {
		down.Add(name, func() error { order = append(order, name); return errors.New("stuck") })
	}
	require.EqualError(t, down.Close(), "stop second: stuck\nstop first: stuck")
	require.Equal(t, []string{"second", "first"}, order)
	require.NoError(t, down.Close(), "nothing is done twice")
}

func TestGroupKeepsAllErrors(t *testing.T) {
	var g Group
	one, two := errors.New("one"), errors.New("two")
	for _, err := range []error{one, nil, two} {
		g.Go(func() error { return err })
	}
	err := g.Wait()
	require.ErrorIs(t, err, one)
	require.ErrorIs(t, err, two)
}

func TestProcessThatEndedAtOnceSaysWhy(t *testing.T) {
	p, err := StartProcess(filepath.Join(t.TempDir(), "sh.log"), []string{"WHY=no port"}, "/bin/sh", "-c", "echo $WHY")
	require.NoError(t, err)
	require.ErrorContains(t, p.AwaitReady(t.Context(), "http://127.0.0.1:1/"), "no port")
}

func TestProcessIsStopped(t *testing.T) {
	p, err := StartProcess(filepath.Join(t.TempDir(), "sleep.log"), nil, "/bin/sleep", "60")
	require.NoError(t, err)
	require.True(t, p.Running())
	require.NoError(t, p.Stop())
	require.False(t, p.Running())
	_, err = StartProcess(filepath.Join(t.TempDir(), "none.log"), nil, "/nowhere/program")
	require.Error(t, err)
}

func TestPollSaysWhatDidNotComeToPass(t *testing.T) {
	require.NoError(t, Poll(t.Context(), time.Minute, "to be", func() bool { return true }))
	require.EqualError(t, Poll(t.Context(), time.Millisecond, "to be", func() bool { return false }), "to be: not within 1ms")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the run ends"))
	require.EqualError(t, Sleep(ctx, time.Minute), "the run ends")
}
