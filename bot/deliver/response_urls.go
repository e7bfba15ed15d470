package deliver

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/bot"
)

// A response_url works five times within 30 minutes (SF-2.6); the minute less is a margin for the request.
const (
	responseURLUses = 5
	responseURLLife = 29 * time.Minute
)

// responseURLs counts how often each response_url was used. The count is lost in a restart; Slack then says used_url and the
// answer is posted instead.
type responseURLs struct {
	mu   sync.Mutex
	used map[string]responseURLUse
}

// take claims one use of a response_url; since is when Slack sent it.
func (h *responseURLs) take(url string, since, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expire(now)
	use := h.used[url]
	if url == "" || now.Sub(since) > responseURLLife || use.times >= responseURLUses {
		return false
	}
	h.used[url] = responseURLUse{times: use.times + 1, since: since}
	return true
}

// isUsed reports whether a message went through a response_url that is still valid.
func (h *responseURLs) isUsed(url string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expire(now)
	return h.used[url].times > 0
}

func (h *responseURLs) expire(now time.Time) {
	for url, use := range h.used {
		if now.Sub(use.since) > responseURLLife {
			delete(h.used, url)
		}
	}
}

type responseURLUse struct {
	times int
	since time.Time
}

func newResponseURLs() *responseURLs { return &responseURLs{used: map[string]responseURLUse{}} }

// answerAtResponseURL sends the answer through the response_url; false if that is not possible any more.
func (w *Worker) answerAtResponseURL(ctx context.Context, s *sending, visibility string) bool {
	if !w.responseURLs.take(s.row.ResponseURL, s.row.CreatedAt, w.Now()) {
		return false
	}
	if s.content.HasTable { // a refusal would cost one of the five uses
		s.content = w.Renderer.Message(s.row.Card, s.row.Locale)
	}
	message := &slack.WebhookMessage{
		Text:            s.content.Text,
		ResponseType:    visibility,
		ReplaceOriginal: false, // explicit: some clients default to true (SF-2.8)
		ThreadTimestamp: s.at.thread,
	}
	if len(s.content.Blocks) > 0 {
		message.Blocks = &slack.Blocks{BlockSet: s.content.Blocks}
	}
	call, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	err := slack.PostWebhookCustomHTTPContext(call, s.row.ResponseURL, w.HTTP, message)
	if err == nil {
		return true
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); !ok || status.Code != http.StatusNotFound {
		w.Log.Warn("response_url failed", logKey(s.row), zap.String("cause", bot.Classify(err).Code)) // never the URL: it is a credential
	}
	return false
}
