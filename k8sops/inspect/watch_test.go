package inspect

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/bubble"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// watching answers "watch pods" in a bubble's time.
func watching(ctx context.Context, t *testing.T, line string) (*k8sops.Result, *optest.RecordedProgress, error) {
	t.Helper()
	p := optest.TestPlatform()
	p.Now = time.Now
	ops := append(Operations(p), Watch(p, map[string]k8sops.Operation{"top": top{p}.spec().Operation()}))
	call, _ := optest.NewCall(t, ops, line, optest.ReadyPod("user-service"), optest.WaitingPod("order-service-7d9f-x", "ImagePullBackOff"))
	progress := &optest.RecordedProgress{}
	result, err := call.Operation.Answer(ctx, call, progress)
	return result, progress, err
}

func TestAViewIsKeptCurrentForItsTime(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		began := time.Now()
		result, progress, err := watching(t.Context(), t, "watch pods --for 12s")
		require.NoError(t, err)
		require.Equal(t, 12*time.Second, time.Since(began))
		require.Len(t, progress.Shown, 3, "every five seconds")
		require.Equal(t, messages.ToneWarning, result.Card.Tone)
		require.Equal(t, "ImagePullBackOff", result.Card.Sections[0].Table.Rows[0][1].Literal, "what is in trouble comes first")
		require.Equal(t, "k8sops.watch.over", result.Card.Footer[0].ID)
	})
}

func TestAViewThatIsStoppedAnswersWithItsLastLook(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(7*time.Second, func() { stop(context.Canceled) })
		result, _, err := watching(ctx, t, "watch pods")
		require.NoError(t, err)
		require.Equal(t, "k8sops.watch.stopped", result.Card.Footer[0].ID)
	})
}

func TestAViewThatIsHandedOverIsLeft(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { stop(k8sops.ErrHandOver) })
		_, _, err := watching(ctx, t, "watch pods")
		require.ErrorIs(t, err, k8sops.ErrHandOver)
	})
}

func TestAViewHasAnEnd(t *testing.T) {
	_, _, err := watching(t.Context(), t, "watch pods --for 1h")
	require.Equal(t, "k8sops.watch.too_long", optest.MessageID(t, err))
}
