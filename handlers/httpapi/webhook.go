package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/webhook"
)

// maxWebhookBytes bounds one delivery: about 10,000 alerts of ordinary size. Alertmanager's max_alerts keeps it smaller.
const maxWebhookBytes = 16 << 20

// Receiver takes a delivery in. When it returns nil the delivery is durable. A *webhook.MalformedError means that
// sending it again is of no use, any other error that it is.
type Receiver interface {
	Receive(ctx context.Context, payload []byte) error
}

// Webhook receives Alertmanager's notifications: POST /webhooks/alertmanager. It answers
//
//	200 once the delivery is durable,
//	503 when it could not be read or made durable: Alertmanager retries 5xx and nothing else,
//	4xx when retrying could never help: wrong token, too large, not a notification.
type Webhook struct {
	Receiver Receiver
	// Tokens are the accepted bearer tokens, several for rotation; empty accepts everybody who can reach the port.
	Tokens []string
	Now    func() time.Time
	Log    *zap.Logger
	// Observe counts deliveries by outcome; may be nil.
	Observe func(outcome string, took time.Duration)
	// Refused is told of each delivery that is refused for good; may be nil. It must return at once.
	Refused func(Refusal)
}

func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := h.Now()
	status, problem, cause := h.receive(r)
	refusal := Refusal{Cause: cause, Problem: problem, From: hostOf(r.RemoteAddr)}
	if h.Observe != nil {
		h.Observe(http.StatusText(status), h.Now().Sub(start))
	}
	if status == http.StatusOK {
		w.WriteHeader(status)
		return
	}
	if refusal.Cause != "" && h.Refused != nil {
		h.Refused(refusal)
	}
	h.Log.Warn("webhook refused", zap.Int("status", status), zap.String("reason", problem), zap.String("remote", r.RemoteAddr))
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="opsbot"`)
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	http.Error(w, problem, status)
}

// receive returns the status and, for a refusal, what the sender should mend. cause is "" for what sending again may mend, and for
// what is no delivery.
func (h *Webhook) receive(r *http.Request) (status int, problem string, cause RefusalCause) {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed, "send notifications with POST", ""
	}
	if !h.authorised(r) {
		return http.StatusUnauthorized, "missing or wrong bearer token: set http_config.authorization.credentials of the webhook receiver to one of webhook.bearer_tokens",
			RefusedToken
	}
	payload, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxWebhookBytes))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return http.StatusRequestEntityTooLarge, "notification larger than 16 MiB: set max_alerts of the webhook receiver", RefusedSize
	}
	if err != nil {
		// A slow or broken link mends itself; an answer of 4xx would make Alertmanager drop the alerts.
		return http.StatusServiceUnavailable, "body could not be read to its end, send again", ""
	}
	err = h.Receiver.Receive(r.Context(), payload)
	if malformed, ok := errors.AsType[*webhook.MalformedError](err); ok {
		return http.StatusBadRequest, "not an Alertmanager notification (webhook version 4, or Grafana's version 1): " + malformed.Error(), causeOf(malformed)
	}
	if err != nil {
		h.Log.Error("webhook not journaled, Alertmanager will retry", zap.Error(err))
		return http.StatusServiceUnavailable, "cannot be stored now, send again", ""
	}
	return http.StatusOK, "", ""
}

func (h *Webhook) authorised(r *http.Request) bool {
	if len(h.Tokens) == 0 {
		return true
	}
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || given == "" {
		return false
	}
	return isOneOf(h.Tokens, given)
}
