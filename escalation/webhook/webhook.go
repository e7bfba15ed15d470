package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"

	"github.com/prometheus/alertmanager/template"
)

// The versions of webhooks that are read.
const (
	fromAlertmanager = "4"
	fromGrafana      = "1"
)

var fingerprintForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

// MalformedError is a delivery that cannot be understood. Path names the place in the JSON document, "" for the
// whole of it. Sending it again is of no use.
type MalformedError struct {
	Path   string
	Reason string
}

func (e *MalformedError) Error() string {
	if e.Path == "" {
		return "malformed Alertmanager webhook: " + e.Reason
	}
	return "malformed Alertmanager webhook: " + e.Path + ": " + e.Reason
}

const versionPath = "version"

// IsVersion reports whether the delivery is refused for the version of its form.
func (e *MalformedError) IsVersion() bool { return e.Path == versionPath }

func malformed(path, format string, args ...any) error {
	return &MalformedError{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// envelope is the body of a webhook (github.com/prometheus/alertmanager/notify/webhook.Message). Its alerts are decoded one by
// one later, so that a broken one does not lose the others.
type envelope struct {
	Version         string            `json:"version"`
	GroupKey        string            `json:"groupKey"`
	GroupLabels     template.KV       `json:"groupLabels"`
	ExternalURL     string            `json:"externalURL"`
	TruncatedAlerts count             `json:"truncatedAlerts"`
	Alerts          []json.RawMessage `json:"alerts"`
}

// Decode reads the body of an Alertmanager webhook (version 4), or of one of Grafana's own alerting, which is almost the same
// (version 1). The error is a *MalformedError: the body is not a notification, or none of its alerts can be read. What is too long
// is cut (limitLabels), and alerts that are left out are counted as Truncated. Unknown fields are ignored, because new ones are
// added.
func Decode(payload []byte, receivedAt time.Time) (incident.Notification, error) {
	if len(payload) > maxPayload {
		return incident.Notification{}, malformed("", "%d bytes, more than %d", len(payload), maxPayload)
	}
	var e envelope
	decoder := json.NewDecoder(bytes.NewReader(payload))
	if err := decoder.Decode(&e); err != nil {
		return incident.Notification{}, malformed("", "not the JSON of a webhook: %v", err)
	}
	if decoder.More() {
		return incident.Notification{}, malformed("", "more than one JSON document")
	}
	if err := e.check(); err != nil {
		return incident.Notification{}, err
	}
	n := incident.Notification{
		ReceivedAt: receivedAt.UTC(), GroupKey: GroupKey(e.GroupLabels, e.GroupKey), Labels: limitLabels(e.GroupLabels),
		Truncated: int(min(e.TruncatedAlerts, maxTruncated)), ExternalURL: e.ExternalURL,
	}
	decode := decodeAlert
	if e.Version == fromGrafana {
		decode = decodeGrafana
	}
	decodeAlerts(&n, e.Alerts, decode)
	if len(n.Alerts) == 0 {
		return incident.Notification{}, n.Unread
	}
	return Redacted(n), nil
}

func (e envelope) check() error {
	switch {
	case e.Version != fromAlertmanager && e.Version != fromGrafana:
		return malformed(versionPath, "%q, want %q (Alertmanager) or %q (Grafana)", messages.Shorten(e.Version, 40), fromAlertmanager, fromGrafana)
	case e.GroupKey == "":
		return malformed("groupKey", "missing")
	case len(e.Alerts) == 0:
		return malformed("alerts", "none")
	}
	return nil
}

// decodeAlerts decodes as many alerts as are kept, and counts the others.
func decodeAlerts(n *incident.Notification, list []json.RawMessage, decode func([]byte, time.Time) (incident.Alert, *MalformedError)) {
	n.Alerts = make([]incident.Alert, 0, min(len(list), maxAlerts))
	for i, data := range list {
		if len(n.Alerts) == maxAlerts {
			n.Truncated += len(list) - i
			return
		}
		alert, err := decode(data, n.ReceivedAt)
		if err == nil {
			n.Alerts = append(n.Alerts, alert)
			continue
		}
		n.Truncated++
		if n.Unread == nil {
			n.Unread = &MalformedError{Path: strings.TrimSuffix(fmt.Sprintf("alerts[%d].%s", i, err.Path), "."), Reason: err.Reason}
		}
	}
}

func decodeAlert(data []byte, receivedAt time.Time) (incident.Alert, *MalformedError) {
	fail := func(path, format string, args ...any) (incident.Alert, *MalformedError) {
		return incident.Alert{}, &MalformedError{Path: path, Reason: fmt.Sprintf(format, args...)}
	}
	var a template.Alert
	if err := json.Unmarshal(data, &a); err != nil {
		return fail("", "not the JSON of an alert: %v", err)
	}
	switch {
	case a.Status != "firing" && a.Status != "resolved":
		return fail("status", "%q, want firing or resolved", messages.Shorten(a.Status, 40))
	case !fingerprintForm.MatchString(a.Fingerprint):
		return fail("fingerprint", "%q, want 16 hexadecimal digits", messages.Shorten(a.Fingerprint, 40))
	case a.StartsAt.IsZero():
		return fail("startsAt", "missing")
	}
	alert := incident.Alert{
		Fingerprint: a.Fingerprint, Firing: a.Status == "firing", Labels: limitLabels(a.Labels),
		Annotations: limitLabels(a.Annotations), StartsAt: a.StartsAt.UTC(), GeneratorURL: a.GeneratorURL,
	}
	switch {
	case alert.Firing:
	case a.EndsAt.IsZero():
		alert.EndsAt = receivedAt
	default:
		alert.EndsAt = a.EndsAt.UTC()
	}
	return alert, nil
}
