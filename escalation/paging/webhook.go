package paging

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// The headers of a webhook page. The signature is "v1=" and the hexadecimal HMAC-SHA256, under the shared secret, of the
// timestamp (seconds since 1970), a full stop and the body. The key is the same for every try of one page.
const (
	HeaderTimestamp = "Opsbot-Timestamp"
	HeaderSignature = "Opsbot-Signature"
	HeaderKey       = "Idempotency-Key"
)

// Webhook posts pages as JSON to a service of the team's own.
type Webhook struct {
	URL    string
	Secret []byte
	HTTP   *http.Client
	Writer Writer
	Now    func() time.Time
}

// webhookBody is the JSON of a page. Times are RFC 3339 in UTC.
type webhookBody struct {
	Version  int             `json:"version"` // 1
	Page     string          `json:"page"`    // "12/3": incident and number
	At       time.Time       `json:"at"`
	Incident string          `json:"incident"` // "INC-12"
	Title    string          `json:"title"`
	Severity string          `json:"severity"` // critical, warning, info
	Status   incident.Status `json:"status"`
	Stage    incident.Stage  `json:"stage"`
	Reason   incident.Reason `json:"reason"`
	Role     oncall.Role     `json:"role"`
	Contact  webhookContact  `json:"contact"`
	Text     string          `json:"text"` // the whole notice in the contact's language
	AckURL   string          `json:"ack_url,omitempty"`
}

type webhookContact struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	Slack string `json:"slack,omitempty"`
}

// Send implements Sender. The receipt is the status line, with the receiver's X-Request-Id if it sends one.
func (w *Webhook) Send(ctx context.Context, n Notice) (string, error) {
	req, err := w.request(ctx, n)
	if err != nil {
		return "", &Failure{Cause: err}
	}
	client := *w.HTTP
	// A redirect would be followed with GET, and its 200 would look like a receipt.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return "", &Failure{Cause: fmt.Errorf("post to the paging webhook: %w", withoutURL(err)), Temporary: true, Unsure: !neverSent(err)}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	if resp.StatusCode/100 == 2 {
		receipt := resp.Status
		if id := resp.Header.Get("X-Request-Id"); id != "" {
			receipt += " " + messages.Shorten(id, 80)
		}
		return receipt, nil
	}
	return "", &Failure{
		Cause: fmt.Errorf("the paging webhook answered %s", resp.Status), Temporary: mayRetry(resp.StatusCode), After: retryAfter(resp.Header),
	}
}

func (w *Webhook) request(ctx context.Context, n Notice) (*http.Request, error) {
	body, err := json.Marshal(w.body(n))
	if err != nil {
		return nil, fmt.Errorf("encode page %s: %w", n.Page.ID, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("paging webhook: %w", withoutURL(err))
	}
	timestamp := strconv.FormatInt(w.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "opsbot")
	req.Header.Set(HeaderTimestamp, timestamp)
	req.Header.Set(HeaderSignature, Sign(w.Secret, timestamp, body))
	req.Header.Set(HeaderKey, fmt.Sprintf("opsbot.page.%s.%d", n.Page.ID, n.Page.IntendedAt.UnixNano()))
	return req, nil
}

func (w *Webhook) body(n Notice) webhookBody {
	c := n.Contact
	return webhookBody{
		Version: 1, Page: n.Page.ID, At: n.Page.IntendedAt.UTC(), Incident: incident.Label(n.Incident.Number), Title: n.Incident.Title,
		Severity: severityName(n.Incident.Severity), Status: n.Incident.Status, Stage: n.Page.Stage, Reason: n.Page.Reason, Role: n.Page.Role,
		Contact: webhookContact{ID: c.ID, Name: c.Name, Email: c.Email, Phone: c.Phone, Slack: c.Slack},
		Text:    w.Writer.text(n), AckURL: w.Writer.Links.Ack(n.Page),
	}
}

func severityName(s incident.Severity) string {
	switch s {
	case incident.Critical:
		return "critical"
	case incident.Info:
		return "info"
	default:
		return "warning"
	}
}

// Sign is the signature of a body sent at timestamp. A receiver computes it too and compares the two in constant time.
func Sign(secret []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return "v1=" + hex.EncodeToString(h.Sum(nil))
}
