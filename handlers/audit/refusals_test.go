package audit

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/internal/bubble"
)

// rows keeps events.
type rows struct {
	mu     sync.Mutex
	events []Event
	err    error
}

func (r *rows) Audit(_ context.Context, e Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	r.events = append(r.events, e)
	return nil
}

func (r *rows) all() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Event(nil), r.events...)
}

func (r *rows) fails(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

func refusedBy(actor, command, outcome string) Event {
	return Event{At: time.Now(), Action: "refused", Actor: actor, Command: command, Details: map[string]string{"outcome": outcome}}
}

// inRefusals runs a test on fake time beside Run; stop ends Run.
func inRefusals(t *testing.T, test func(t *testing.T, r *Refusals, written *rows, stop func())) {
	bubble.Test(t, func(t *testing.T) {
		written := &rows{}
		r := &Refusals{Next: written, Now: time.Now, Log: zap.NewNop()}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		stop := sync.OnceFunc(func() {
			cancel()
			require.NoError(t, <-done)
		})
		defer stop()
		test(t, r, written, stop)
	})
}

func TestAHundredAndFiftyRefusalsInASecondAreARowAndACount(t *testing.T) {
	inRefusals(t, func(t *testing.T, r *Refusals, written *rows, _ func()) {
		for i := range 150 {
			outcome := "forbidden: k8sops.access.denied"
			if i >= 30 {
				outcome = "limited: quota.too_fast"
			}
			require.NoError(t, r.Audit(t.Context(), refusedBy("U1", "scale user 5", outcome)))
			time.Sleep(time.Second / 150)
		}
		require.Len(t, written.all(), 1, "the first one is written at once")
		time.Sleep(refusalWindow + refusalFlush)
		synctest.Wait()
		events := written.all()
		require.Len(t, events, 2)
		require.Equal(t, RefusedAgain, events[1].Action)
		require.Equal(t, "U1", events[1].Actor)
		d := events[1].Details
		require.Equal(t, "149", d["count"])
		require.Equal(t, "scale user 5 ×149", d["commands"])
		require.Equal(t, "forbidden: k8sops.access.denied ×29; limited: quota.too_fast ×120", d["outcomes"])
		require.NotEqual(t, d["from"], d["until"])
		require.NoError(t, r.Audit(t.Context(), refusedBy("U1", "scale user 5", "x")))
		require.Len(t, written.all(), 3, "after a minute it is a row again")
	})
}

// A kill loses what was counted since the last row: ten seconds, and two until it is looked.
func TestAFloodThatGoesOnIsCountedEveryTenSeconds(t *testing.T) {
	inRefusals(t, func(t *testing.T, r *Refusals, written *rows, _ func()) {
		refused := 0
		for range 10 * 50 { // almost a minute
			require.NoError(t, r.Audit(t.Context(), refusedBy("U1", "scale user 5", "x")))
			refused++
			time.Sleep(100 * time.Millisecond)
			recorded := 0
			for _, e := range written.all() {
				n := 1
				if e.Action == RefusedAgain {
					n, _ = strconv.Atoi(e.Details["count"])
				}
				recorded += n
			}
			require.LessOrEqual(t, refused-recorded, 10*int((refusalPart+refusalFlush)/time.Second)+1)
		}
		time.Sleep(refusalWindow)
		synctest.Wait()
		require.LessOrEqual(t, len(written.all()), 1+6, "and the record is not filled")
		counted := time.Time{}
		for _, e := range written.all()[1:] {
			from, err := time.Parse(time.RFC3339Nano, e.Details["from"])
			require.NoError(t, err)
			require.True(t, from.After(counted), "no refusal is counted twice")
			counted, err = time.Parse(time.RFC3339Nano, e.Details["until"])
			require.NoError(t, err)
		}
	})
}

func TestRefusalsOfOthersAndOfOtherThingsAreRowsOfTheirOwn(t *testing.T) {
	inRefusals(t, func(t *testing.T, r *Refusals, written *rows, _ func()) {
		press := refusedBy("U1", "scale user 5", "x")
		press.Action = "refused press: approve"
		for _, e := range []Event{refusedBy("U1", "a", "x"), refusedBy("U2", "a", "x"), press, {Action: "incident ack", Actor: "U1"}, {Action: "incident ack", Actor: "U1"}} {
			require.NoError(t, r.Audit(t.Context(), e))
		}
		require.Len(t, written.all(), 5)
		time.Sleep(2 * refusalWindow)
		require.Len(t, written.all(), 5, "nothing was counted")
	})
}

func TestAStopWritesTheCount(t *testing.T) {
	inRefusals(t, func(t *testing.T, r *Refusals, written *rows, stop func()) {
		for range 3 {
			require.NoError(t, r.Audit(t.Context(), refusedBy("U1", "a", "x")))
		}
		stop()
		events := written.all()
		require.Len(t, events, 2)
		require.Equal(t, "2", events[1].Details["count"])
	})
}

func TestACountThatCannotBeWrittenIsTriedAgain(t *testing.T) {
	inRefusals(t, func(t *testing.T, r *Refusals, written *rows, _ func()) {
		written.fails(errors.New("disk full"))
		require.Error(t, r.Audit(t.Context(), refusedBy("U1", "a", "x")))
		written.fails(nil)
		require.NoError(t, r.Audit(t.Context(), refusedBy("U1", "a", "x")))
		require.Len(t, written.all(), 1, "the row of the first one that can be written")
		require.NoError(t, r.Audit(t.Context(), refusedBy("U1", "a", "x")))
		written.fails(errors.New("disk full"))
		time.Sleep(2 * refusalWindow)
		written.fails(nil)
		time.Sleep(2 * refusalFlush)
		synctest.Wait()
		require.Len(t, written.all(), 2)
	})
}

func TestACountNamesOnlySoManyCommands(t *testing.T) {
	inRefusals(t, func(t *testing.T, r *Refusals, written *rows, stop func()) {
		for i := range 100 {
			require.NoError(t, r.Audit(t.Context(), refusedBy("U1", string(rune('!'+i)), "x")))
		}
		stop()
		require.Contains(t, written.all()[1].Details["commands"], "others ×89")
	})
}
