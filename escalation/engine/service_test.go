package engine_test

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
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/webhook"
	"opsbot/internal/bubble"
)

func TestAlertToPageToAck(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		var woken atomic.Int64
		c := fixture.EngineConfig(t, m)
		c.OnMessages = func() { woken.Add(1) }
		s, err := engine.New(c)
		require.NoError(t, err)
		defer fixture.Running(t, s)()

		opened := time.Now()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		synctest.Wait()
		require.Equal(t, opened, time.Now(), "no time passes between the webhook and the page")
		m.Look(func() {
			require.Contains(t, m.Messages, "incident/1/header")
			require.Equal(t, fixture.Lisi, m.Messages["incident/1/page/1"].Channel)
		})
		require.EqualValues(t, 1, woken.Load())

		time.Sleep(5 * time.Minute)
		synctest.Wait()
		m.Look(func() {
			require.Equal(t, fixture.Zhangsan, m.Messages["incident/1/page/2"].Channel, "escalated on the minute")
		})

		inc, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
		require.NoError(t, err)
		m.Look(func() { require.Equal(t, m.AllIncidents[1], inc) })
		time.Sleep(9 * time.Minute)
		synctest.Wait()
		m.Look(func() { require.Len(t, m.AllPages[1], 2) })
		time.Sleep(time.Minute)
		synctest.Wait()
		m.Look(func() { require.Len(t, m.AllPages[1], 3, "the diagnosis is overdue") })
	})
}

// Somebody sets the machine's clock back between the alert and its resolve.
func TestAResolveCountsAlthoughTheClockWasSetBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		var wrong atomic.Int64
		c := fixture.EngineConfig(t, m)
		c.Now = func() time.Time { return time.Now().Add(time.Duration(wrong.Load())) }
		s, err := engine.New(c)
		require.NoError(t, err)
		defer fixture.Running(t, s)()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		synctest.Wait()
		wrong.Store(int64(-time.Minute))
		time.Sleep(time.Second)
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Resolved(fixture.Alert(1), time.Now()))))
		synctest.Wait()
		m.Look(func() { require.Equal(t, incident.Quiet, m.AllIncidents[1].Status) })
	})
}

func TestOverdueAfterRestartFiresOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		stop := fixture.Running(t, fixture.NewEngine(t, m))
		stop()
		s := fixture.NewEngine(t, m)
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		stop = fixture.Running(t, s)
		synctest.Wait()
		stop()
		m.Look(func() { require.Len(t, m.AllPages[1], 1) })

		time.Sleep(3 * time.Hour)
		defer fixture.Running(t, fixture.NewEngine(t, m))()
		synctest.Wait()
		m.Look(func() { require.Len(t, m.AllPages[1], 2, "once, at once") })
	})
}

func TestStoreTrouble(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		m.Fail = []error{errors.New("disk full"), errors.New("disk full"), incident.ErrConflict}
		s := fixture.NewEngine(t, m)
		defer fixture.Running(t, s)()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		time.Sleep(time.Second)
		synctest.Wait()
		m.Look(func() { require.Len(t, m.AllIncidents, 1, "journaled, so it is only late") })
		m.Look(func() {
			for number := range m.AllIncidents {
				require.Len(t, m.AllPages[number], 1)
			}
		})
	})
}

func TestConflictDecidesAgain(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s := fixture.NewEngine(t, m)
		defer fixture.Running(t, s)()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		synctest.Wait()
		m.Mu.Lock()
		m.OnApply = func() { // somebody else is faster
			_, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: fixture.Zhangsan})
			require.NoError(t, err)
		}
		m.Mu.Unlock()
		_, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
		var refusal *escalation.Refusal
		require.ErrorAs(t, err, &refusal, "the second ack is decided on what the first one left")
		m.Look(func() { require.Equal(t, fixture.Zhangsan, m.AllIncidents[1].Owner) })
	})
}

func TestStormOfOneGroupIsFewChanges(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s := fixture.NewEngine(t, m)
		for i := range 1000 {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(i))))
		}
		defer fixture.Running(t, s)()
		synctest.Wait()
		m.Look(func() {
			require.Len(t, m.AllIncidents, 1)
			require.Len(t, m.AllIncidents[1].Alerts, 1000)
			require.LessOrEqual(t, m.Applies, 9)
		})
		fired := 0
		entries, err := m.Entries(t.Context(), 1)
		require.NoError(t, err)
		for _, e := range entries {
			if e.Kind == incident.EntryAlert {
				fired++
			}
		}
		require.Equal(t, 1000, fired, "every alert is in the timeline")
		m.Look(func() { require.Len(t, m.AllPages[1], 1, "and one person was paged once") })
	})
}

func TestQuarantine(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s := fixture.NewEngine(t, m)
		var malformed *webhook.MalformedError
		require.ErrorAs(t, s.Receive(t.Context(), []byte("{}")), &malformed)
		m.Look(func() { require.Empty(t, m.Journal, "what cannot be understood is refused before it is kept") })
		_, err := m.Append(t.Context(), time.Now(), []byte("kept by an older opsbot"))
		require.NoError(t, err)
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		defer fixture.Running(t, s)()
		synctest.Wait()
		m.Look(func() {
			require.Len(t, m.Reasons, 1)
			require.Len(t, m.AllIncidents, 1, "it blocks nothing")
		})
	})
}

func TestReopenOfAnOldIncidentNamesTheNewOne(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s := fixture.NewEngine(t, m)
		defer fixture.Running(t, s)()
		observe := func(a incident.Alert) {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", a)))
			synctest.Wait()
		}
		end := func(number int64, a incident.Alert) {
			observe(fixture.Resolved(a, time.Now()))
			_, err := s.Act(t.Context(), number, escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Lisi})
			require.NoError(t, err)
			time.Sleep(time.Minute)
		}
		reopen := escalation.Action{Kind: escalation.Reopen, Actor: fixture.Lisi}
		a := fixture.Alert(1)
		a.StartsAt = time.Now().Add(-time.Minute)
		observe(a)
		end(1, a)
		observe(a)
		_, err := s.Act(t.Context(), 1, reopen)
		var refusal *escalation.Refusal
		require.ErrorAs(t, err, &refusal)
		require.Contains(t, fixture.Printer(t, "en").Text(refusal.Message), "belong to INC-2 now")
		require.Contains(t, fixture.Printer(t, "zh-CN").Text(refusal.Message), "属于尚未解决的 INC-2")
		end(2, a)
		inc, err := s.Act(t.Context(), 1, reopen)
		require.NoError(t, err)
		require.Equal(t, incident.Acknowledged, inc.Status)
	})
}

// TestAnAckGetsThroughAStorm: before every try of the ack is stored, a delivery is, as long as deliveries can be.
func TestAnAckGetsThroughAStorm(t *testing.T) {
	m := fixture.NewMemory()
	s := fixture.NewEngine(t, m)
	observe := func(n int) {
		require.NoError(t, s.Observe(t.Context(), fixture.Delivery(fixture.Start.Add(time.Duration(n)), fixture.Alert(n))))
	}
	observe(0)
	storm := sync.WaitGroup{}
	defer storm.Wait()
	n := 0
	m.BeforeAct = func() {
		n++
		observed := make(chan struct{})
		storm.Go(func() { observe(n); close(observed) })
		select {
		case <-observed:
		case <-time.After(100 * time.Millisecond): // it has to wait for the ack
		}
	}
	inc, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	require.NoError(t, err)
	require.Equal(t, fixture.Lisi, inc.Owner)
}

func TestReplayIsHarmless(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s := fixture.NewEngine(t, m)
		defer fixture.Running(t, s)()
		for range 3 {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
			synctest.Wait()
		}
		m.Look(func() {
			require.Len(t, m.AllPages[1], 1)
			require.Len(t, m.AllEntries[1], 3, fmt.Sprint(m.AllEntries[1]))
		})
	})
}

func TestResolveOfWhatIsNotKnown(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s := fixture.NewEngine(t, m)
		defer fixture.Running(t, s)()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Resolved(fixture.Alert(1), fixture.Start.Add(time.Minute)))))
		synctest.Wait()
		m.Look(func() {
			require.Empty(t, m.AllIncidents)
			require.True(t, m.Processed[1])
		})
	})
}
