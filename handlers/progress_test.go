package handlers_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"k8s.io/client-go/rest"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/internal/bubble"
	"opsbot/k8sops"
	"opsbot/messages"
)

// timedRun is a pipeline in which a run takes as long as a test says. It must be made inside a synctest bubble.
type timedRun struct {
	*handlers.Dispatcher
	calls *memoryCalls
	mu    sync.Mutex
	said  []string      // what the answer showed, with the time since the beginning
	stuck time.Duration // how long the store takes for a report
}

func newTimedRun(work func(context.Context, k8sops.Progress) error) *timedRun {
	s := &timedRun{calls: &memoryCalls{records: map[string]calls.Record{}}}
	s.calls.outbox = s
	op := k8sops.Operation{Meta: k8sops.Meta{Name: "wait", Owners: []k8sops.Role{k8sops.Everyone}}, Answer: func(ctx context.Context, _ *k8sops.Call, p k8sops.Progress) (*k8sops.Result, error) {
		if err := work(ctx, p); err != nil {
			return nil, err
		}
		return &k8sops.Result{Card: messages.Card{Title: messages.Literal("waited")}}, nil
	}}
	people := &people{profiles: profiles}
	s.Dispatcher = &handlers.Dispatcher{
		Catalog: []k8sops.Operation{op}, Clusters: k8sops.Clusters{&k8sops.Cluster{Name: "demo", Namespace: namespace, Config: &rest.Config{Host: "http://127.0.0.1:1"}}},
		Identities: &identity.Identities{Mappings: mapped(), People: people}, People: people, Calls: s.calls, Outbox: s, Incidents: noIncidents{},
		Settings: handlers.Settings{Expires: time.Minute, RunLimit: time.Minute, Locale: "en"}, Now: time.Now, NewID: s.calls.newID, Log: zap.NewNop(),
	}
	return s
}

func (s *timedRun) Put(_ context.Context, wanted ...messages.Outbound) error {
	if wanted[0].Card.Tone == messages.ToneRunning {
		lasts(s.stuck)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range wanted {
		line := printer().Text(m.Card.Title)
		if len(m.Card.Sections) > 0 {
			line += " | " + printer().PlainSection(m.Card.Sections[0])
		}
		s.said = append(s.said, line)
	}
	return nil
}

// lasts lets the bubble's clock go on.
func lasts(d time.Duration) { <-time.After(d) }

func (s *timedRun) runs(t *testing.T) []string {
	t.Helper()
	s.Command(t.Context(), handlers.Command{ID: "1", Name: "/wait", User: Lead, Channel: room, At: time.Now()})
	require.NoError(t, s.Close(t.Context()))
	return s.said
}

func TestAQuickRunShowsNoProgress(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := newTimedRun(func(_ context.Context, p k8sops.Progress) error {
			p.Report(1, 2, messages.Literal("half"))
			lasts(600 * time.Millisecond)
			return nil
		})
		require.Equal(t, []string{"waited"}, s.runs(t))
	})
}

func TestARunThatLastsShowsHowFarItIs(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := newTimedRun(func(_ context.Context, p k8sops.Progress) error {
			lasts(time.Second + 10*time.Millisecond) // never at the moment of a look
			for i := range 40 {
				p.Report(i, 40, messages.Literal(fmt.Sprint("pod ", i)))
				lasts(100 * time.Millisecond)
			}
			return nil
		})
		require.Equal(t, []string{
			"Running /wait | working · 700ms",
			"Running /wait | ██░░░░░░░░░░░░░░ 6/40 · pod 6 · 1s, about 3s left",
			"Running /wait | ██████░░░░░░░░░░ 16/40 · pod 16 · 2s, about 2s left",
			"Running /wait | ██████████░░░░░░ 26/40 · pod 26 · 3s, about 1s left",
			"Running /wait | ██████████████░░ 36/40 · pod 36 · 4s, about 400ms left",
			"waited",
		}, s.runs(t))
	})
}

func TestProgressNeverOverwritesTheResult(t *testing.T) {
	for _, ms := range []time.Duration{699, 700, 701, 1699, 1700, 1750} {
		bubble.Test(t, func(t *testing.T) {
			var late k8sops.Progress
			s := newTimedRun(func(_ context.Context, p k8sops.Progress) error {
				late = p
				p.Report(1, 2, messages.Literal("half"))
				lasts(ms * time.Millisecond)
				return nil
			})
			s.stuck = 100 * time.Millisecond // a report may be on its way when the run ends
			said := s.runs(t)
			require.Equal(t, "waited", said[len(said)-1])
			late.Report(2, 2, messages.Literal("late")) // by a goroutine that the operation left behind
			lasts(time.Minute)
			require.Equal(t, "waited", s.said[len(s.said)-1])
		})
	}
}

func TestARunThatHangsIsStopped(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := newTimedRun(func(ctx context.Context, _ k8sops.Progress) error {
			<-ctx.Done()
			return ctx.Err()
		})
		said := s.runs(t)
		require.Equal(t, "It took longer than 1m and was stopped. It may be only partly done. | Check the current state before you run it again.", said[len(said)-1])
		require.Equal(t, calls.Failed, s.calls.records["call-1"].State)
	})
}

func TestAnOutcomeIsStoredWhenTheStoreIsBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := newTimedRun(func(context.Context, k8sops.Progress) error { return nil })
		s.calls.broken = 4
		begun := time.Now()
		s.runs(t)
		require.Equal(t, calls.Succeeded, s.calls.records["call-1"].State)
		require.Equal(t, 15*time.Second, time.Since(begun), "1 + 2 + 4 + 8 s")
	})
}

func TestAnOutcomeIsGivenUpInTheEnd(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := newTimedRun(func(context.Context, k8sops.Progress) error { return nil })
		s.calls.broken = 1000
		begun := time.Now()
		s.runs(t)
		require.Equal(t, calls.Running, s.calls.records["call-1"].State, "the next start says that it was interrupted")
		require.Equal(t, 5*time.Minute, time.Since(begun))
	})
}

func TestExpireLooksUntilItIsStopped(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := newTimedRun(nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s.Expire(ctx)
		require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
	})
}
