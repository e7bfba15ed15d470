package escalation_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

func TestAlertToPageToAck(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		var woken atomic.Int64
		c := config(t, m)
		c.OnMessages = func() { woken.Add(1) }
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		defer running(t, s)()

		opened := time.Now()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		synctest.Wait()
		require.Equal(t, opened, time.Now(), "no time passes between the webhook and the page")
		m.look(func() {
			require.Contains(t, m.messages, "incident/1/header")
			require.Equal(t, lisi, m.messages["incident/1/page/1"].Channel)
		})
		require.EqualValues(t, 1, woken.Load())

		time.Sleep(5 * time.Minute)
		synctest.Wait()
		m.look(func() { require.Equal(t, zhangsan, m.messages["incident/1/page/2"].Channel, "escalated on the minute") })

		inc, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: lisi})
		require.NoError(t, err)
		m.look(func() { require.Equal(t, m.incidents[1], inc) })
		time.Sleep(9 * time.Minute)
		synctest.Wait()
		m.look(func() { require.Len(t, m.pages[1], 2) })
		time.Sleep(time.Minute)
		synctest.Wait()
		m.look(func() { require.Len(t, m.pages[1], 3, "the diagnosis is overdue") })
	})
}

// Somebody sets the machine's clock back between the alert and its resolve.
func TestAResolveCountsAlthoughTheClockWasSetBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		var wrong atomic.Int64
		c := config(t, m)
		c.Now = func() time.Time { return time.Now().Add(time.Duration(wrong.Load())) }
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		defer running(t, s)()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		synctest.Wait()
		wrong.Store(int64(-time.Minute))
		time.Sleep(time.Second)
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", resolved(alert(1), time.Now()))))
		synctest.Wait()
		m.look(func() { require.Equal(t, escalation.Quiet, m.incidents[1].Status) })
	})
}

func TestOverdueAfterRestartFiresOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		stop := running(t, newService(t, m))
		stop()
		s := newService(t, m)
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		stop = running(t, s)
		synctest.Wait()
		stop()
		m.look(func() { require.Len(t, m.pages[1], 1) })

		time.Sleep(3 * time.Hour)
		defer running(t, newService(t, m))()
		synctest.Wait()
		m.look(func() { require.Len(t, m.pages[1], 2, "once, at once") })
	})
}

func TestStoreTrouble(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		m.fail = []error{errors.New("disk full"), errors.New("disk full"), escalation.ErrConflict}
		s := newService(t, m)
		defer running(t, s)()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		time.Sleep(time.Second)
		synctest.Wait()
		m.look(func() { require.Len(t, m.incidents, 1, "journaled, so it is only late") })
		m.look(func() {
			for number := range m.incidents {
				require.Len(t, m.pages[number], 1)
			}
		})
	})
}

func TestConflictDecidesAgain(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s := newService(t, m)
		defer running(t, s)()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		synctest.Wait()
		m.mu.Lock()
		m.onApply = func() { // somebody else is faster
			_, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: zhangsan})
			require.NoError(t, err)
		}
		m.mu.Unlock()
		_, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: lisi})
		var refusal *escalation.Refusal
		require.ErrorAs(t, err, &refusal, "the second ack is decided on what the first one left")
		m.look(func() { require.Equal(t, zhangsan, m.incidents[1].Owner) })
	})
}

func TestStormOfOneGroupIsFewChanges(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s := newService(t, m)
		for i := range 1000 {
			require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(i))))
		}
		defer running(t, s)()
		synctest.Wait()
		m.look(func() {
			require.Len(t, m.incidents, 1)
			require.Len(t, m.incidents[1].Alerts, 1000)
			require.LessOrEqual(t, m.applies, 9)
		})
		fired := 0
		entries, err := m.Entries(t.Context(), 1)
		require.NoError(t, err)
		for _, e := range entries {
			if e.Kind == escalation.EntryAlert {
				fired++
			}
		}
		require.Equal(t, 1000, fired, "every alert is in the timeline")
		m.look(func() { require.Len(t, m.pages[1], 1, "and one person was paged once") })
	})
}

func TestQuarantine(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s := newService(t, m)
		var malformed *escalation.MalformedError
		require.ErrorAs(t, s.Receive(t.Context(), []byte("{}")), &malformed)
		m.look(func() { require.Empty(t, m.journal, "what cannot be understood is refused before it is kept") })
		_, err := m.Append(t.Context(), time.Now(), []byte("kept by an older opsbot"))
		require.NoError(t, err)
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		defer running(t, s)()
		synctest.Wait()
		m.look(func() {
			require.Len(t, m.reasons, 1)
			require.Len(t, m.incidents, 1, "it blocks nothing")
		})
	})
}

func TestReopenOfAnOldIncidentNamesTheNewOne(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s := newService(t, m)
		defer running(t, s)()
		observe := func(a escalation.Alert) {
			require.NoError(t, s.Receive(t.Context(), payload(t, "g", a)))
			synctest.Wait()
		}
		end := func(number int64, a escalation.Alert) {
			observe(resolved(a, time.Now()))
			_, err := s.Act(t.Context(), number, escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
			require.NoError(t, err)
			time.Sleep(time.Minute)
		}
		reopen := escalation.Action{Kind: escalation.Reopen, Actor: lisi}
		a := alert(1)
		a.StartsAt = time.Now().Add(-time.Minute)
		observe(a)
		end(1, a)
		observe(a)
		_, err := s.Act(t.Context(), 1, reopen)
		var refusal *escalation.Refusal
		require.ErrorAs(t, err, &refusal)
		require.Contains(t, printer(t, "en").Text(refusal.Message), "belong to INC-2 now")
		require.Contains(t, printer(t, "zh-CN").Text(refusal.Message), "属于尚未解决的 INC-2")
		end(2, a)
		inc, err := s.Act(t.Context(), 1, reopen)
		require.NoError(t, err)
		require.Equal(t, escalation.Acknowledged, inc.Status)
	})
}

// TestAnAckGetsThroughAStorm: before every try of the ack is stored, a delivery is, as long as deliveries can be.
func TestAnAckGetsThroughAStorm(t *testing.T) {
	m := newMemory()
	s := newService(t, m)
	observe := func(n int) {
		require.NoError(t, s.Observe(t.Context(), delivery(start.Add(time.Duration(n)), alert(n))))
	}
	observe(0)
	storm := sync.WaitGroup{}
	defer storm.Wait()
	n := 0
	m.beforeAct = func() {
		n++
		observed := make(chan struct{})
		storm.Go(func() { observe(n); close(observed) })
		select {
		case <-observed:
		case <-time.After(100 * time.Millisecond): // it has to wait for the ack
		}
	}
	inc, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: lisi})
	require.NoError(t, err)
	require.Equal(t, lisi, inc.Owner)
}

func TestReplayIsHarmless(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s := newService(t, m)
		defer running(t, s)()
		for range 3 {
			require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
			synctest.Wait()
		}
		m.look(func() {
			require.Len(t, m.pages[1], 1)
			require.Len(t, m.entries[1], 3, fmt.Sprint(m.entries[1]))
		})
	})
}

func TestResolveOfWhatIsNotKnown(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s := newService(t, m)
		defer running(t, s)()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", resolved(alert(1), start.Add(time.Minute)))))
		synctest.Wait()
		m.look(func() {
			require.Empty(t, m.incidents)
			require.True(t, m.processed[1])
		})
	})
}
