package refusals

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/handlers/httpapi"
	"opsbot/internal/bubble"
	"opsbot/messages"
)

// memory keeps the messages, by key.
type memory struct {
	mu   sync.Mutex
	keys []string
	last messages.Outbound
	err  error
}

func (m *memory) Put(_ context.Context, wanted ...messages.Outbound) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	for _, w := range wanted {
		m.keys, m.last = append(m.keys, w.Key), w
	}
	return nil
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func (m *memory) stored() (keys []string, last messages.Outbound) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keys, m.last
}

// onFakeClock runs a Notifier on a fake clock.
func onFakeClock(t *testing.T, test func(t *testing.T, n *Notifier, box *memory)) {
	t.Helper()
	bubble.Test(t, func(t *testing.T) {
		box := &memory{}
		n := New(time.Now, zap.NewNop())
		n.Outbox, n.Channel = box, "C1"
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- n.Run(ctx) }()
		test(t, n, box)
		cancel()
		require.NoError(t, <-ended)
	})
}

func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// A flood of wrong tokens is one message, and another one some hours later.
func TestWrongTokensDoNotFloodTheChannel(t *testing.T) {
	onFakeClock(t, func(t *testing.T, n *Notifier, box *memory) {
		flood := func() {
			for range 10_000 {
				n.Refused(httpapi.Refusal{Cause: httpapi.RefusedToken, From: "192.0.2.7"})
			}
		}
		n.Refused(httpapi.Refusal{Cause: httpapi.RefusedToken, From: "192.0.2.7"})
		after(0)
		for range 359 { // minutes
			flood()
			after(time.Minute)
		}
		keys, _ := box.stored()
		require.Len(t, keys, 1)
		after(time.Minute)
		keys, last := box.stored()
		require.Len(t, keys, 2)
		require.NotEqual(t, keys[0], keys[1])
		require.Equal(t, int64(3_590_000), last.Card.Title.Args["count"].N)
		after(24 * time.Hour)
		keys, _ = box.stored()
		require.Len(t, keys, 2, "no news is no message")
	})
}

// Each cause is told by itself.
func TestEachCauseIsTold(t *testing.T) {
	onFakeClock(t, func(t *testing.T, n *Notifier, box *memory) {
		for _, cause := range httpapi.RefusalCauses() {
			n.Refused(httpapi.Refusal{Cause: cause, Problem: "what was wrong", From: "192.0.2.7"})
		}
		after(0)
		keys, last := box.stored()
		require.Len(t, keys, 4)
		require.Equal(t, "C1", last.Channel)
		require.Equal(t, "what was wrong", last.Card.Sections[3].Code.Content)
	})
}

// What cannot be stored is told later, with what came meanwhile.
func TestAMessageThatCannotBeStored(t *testing.T) {
	onFakeClock(t, func(t *testing.T, n *Notifier, box *memory) {
		box.fail(errors.New("locked"))
		n.Refused(httpapi.Refusal{Cause: httpapi.RefusedSize})
		after(time.Second)
		n.Refused(httpapi.Refusal{Cause: httpapi.RefusedSize})
		after(time.Second)
		box.fail(nil)
		after(time.Minute)
		keys, last := box.stored()
		require.Len(t, keys, 1)
		require.Equal(t, int64(2), last.Card.Title.Args["count"].N)
	})
}

// Replicas of opsbot share a message.
func TestReplicasShareAMessage(t *testing.T) {
	n := New(func() time.Time { return time.Date(2026, 3, 2, 9, 7, 0, 0, time.UTC) }, zap.NewNop())
	one := n.message(pending{Refusal: httpapi.Refusal{Cause: httpapi.RefusedContent, From: "192.0.2.7"}, count: 1})
	other := n.message(pending{Refusal: httpapi.Refusal{Cause: httpapi.RefusedContent, From: "192.0.2.8"}, count: 3})
	require.Equal(t, one.Key, other.Key)
}

// Both languages say what was refused and what to mend, and quote no more than people can read.
func TestCards(t *testing.T) {
	texts, err := messages.Load()
	require.NoError(t, err)
	for _, locale := range []string{"en", "zh-CN"} {
		for _, cause := range httpapi.RefusalCauses() {
			c := card(pending{Refusal: httpapi.Refusal{Cause: cause, Problem: strings.Repeat("x", 10_000), From: "192.0.2.7"}, count: 2})
			text := texts.Printer(locale, messages.Plain()).CardPlain(c)
			require.Less(t, len(text), 1_500)
			require.Contains(t, text, "192.0.2.7")
			require.Contains(t, text, "opsbot_webhook_refused_total")
		}
	}
}
