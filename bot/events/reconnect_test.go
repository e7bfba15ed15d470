package events

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/bot"
	"opsbot/bot/slacktest"
	"opsbot/internal/bubble"
)

func TestRedialerIsQuickOnceAndThenSlow(t *testing.T) {
	now := slacktest.Noon()
	r := newReconnectPacer(nil, func() time.Time { return now }, &bot.RetryAfter{})
	var waits []time.Duration
	for range 9 { // every connection is refused at once
		wait := r.delay()
		waits = append(waits, wait)
		now = now.Add(wait + 10*time.Millisecond)
	}
	want := []time.Duration{0, 0, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, reconnectMax, reconnectMax, reconnectMax}
	for i := range want {
		if waits[i] != want[i] {
			t.Fatalf("waits %v, want %v", waits, want)
		}
	}
	now = now.Add(stableAfter)
	if wait := r.delay(); wait != 0 {
		t.Errorf("a connection that lasted is followed by a wait of %v", wait)
	}
}

// busy answers 429 to whom it is asked first, and then to nobody.
type busy struct{ asked []time.Time }

func (b *busy) Do(*http.Request) (*http.Response, error) {
	b.asked = append(b.asked, time.Now())
	answer := httptest.NewRecorder()
	if len(b.asked) == 1 {
		answer.Header().Set("Retry-After", "7")
		answer.WriteHeader(http.StatusTooManyRequests)
	}
	return answer.Result(), nil
}

// What Slack asks of one socket holds for the other.
func TestRedialersWaitForEachOther(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		slack, closed := &busy{}, &bot.RetryAfter{}
		first, second := newReconnectPacer(slack, time.Now, closed), newReconnectPacer(slack, time.Now, closed)
		for _, r := range []*reconnectPacer{first, second, first} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://slack.com/api/apps.connections.open", nil)
			require.NoError(t, err)
			_, err = r.Do(request)
			require.NoError(t, err)
		}
		require.Len(t, slack.asked, 3)
		require.Equal(t, 7*time.Second, slack.asked[1].Sub(slack.asked[0]))
	})
}
