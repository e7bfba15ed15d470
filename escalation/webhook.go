package escalation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"
)

// Limits of a delivery. They are far above what Alertmanager sends and far below what would hurt.
const (
	maxPayload     = 16 << 20
	maxAlerts      = 10_000
	maxLabels      = 128
	maxLabelValue  = 16 << 10
	maxGroupKey    = 16 << 10
	payloadVersion = "4"
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

func malformed(path, format string, args ...any) error {
	return &MalformedError{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// Decode reads the body of an Alertmanager webhook of version 4. The error is a *MalformedError. Fields that are not
// known are ignored: Alertmanager adds some.
func Decode(payload []byte, receivedAt time.Time) (Notification, error) {
	if len(payload) > maxPayload {
		return Notification{}, malformed("", "%d bytes, more than %d", len(payload), maxPayload)
	}
	message := webhook.Message{Data: &template.Data{}}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	if err := decoder.Decode(&message); err != nil {
		return Notification{}, malformed("", "not the JSON of a webhook: %v", err)
	}
	if decoder.More() {
		return Notification{}, malformed("", "more than one JSON document")
	}
	if err := checkMessage(message); err != nil {
		return Notification{}, err
	}
	n := Notification{
		ReceivedAt: receivedAt.UTC(), GroupKey: message.GroupKey, Labels: message.GroupLabels,
		Truncated: int(message.TruncatedAlerts), ExternalURL: message.ExternalURL,
		Alerts: make([]Alert, 0, len(message.Alerts)),
	}
	for i, a := range message.Alerts {
		alert, err := decodeAlert(a)
		if err != nil {
			err.Path = fmt.Sprintf("alerts[%d].%s", i, err.Path)
			return Notification{}, err
		}
		n.Alerts = append(n.Alerts, alert)
	}
	return n, nil
}

func checkMessage(m webhook.Message) error {
	switch {
	case m.Data == nil:
		return malformed("", "not a JSON object")
	case m.Version != payloadVersion:
		return malformed("version", "%q, want %q", m.Version, payloadVersion)
	case m.GroupKey == "":
		return malformed("groupKey", "missing")
	case len(m.GroupKey) > maxGroupKey:
		return malformed("groupKey", "%d bytes, more than %d", len(m.GroupKey), maxGroupKey)
	case len(m.Alerts) == 0:
		return malformed("alerts", "none")
	case len(m.Alerts) > maxAlerts:
		return malformed("alerts", "%d, more than %d", len(m.Alerts), maxAlerts)
	case m.TruncatedAlerts > 1<<31:
		return malformed("truncatedAlerts", "%d cannot be", m.TruncatedAlerts)
	}
	if reason := checkLabels(m.GroupLabels); reason != "" {
		return malformed("groupLabels", "%s", reason)
	}
	return nil
}

func decodeAlert(a template.Alert) (Alert, *MalformedError) {
	fail := func(path, format string, args ...any) (Alert, *MalformedError) {
		return Alert{}, &MalformedError{Path: path, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case a.Status != "firing" && a.Status != "resolved":
		return fail("status", "%q, want firing or resolved", shorten(a.Status, 40))
	case !fingerprintForm.MatchString(a.Fingerprint):
		return fail("fingerprint", "%q, want 16 hexadecimal digits", shorten(a.Fingerprint, 40))
	case a.StartsAt.IsZero():
		return fail("startsAt", "missing")
	}
	if reason := checkLabels(a.Labels); reason != "" {
		return fail("labels", "%s", reason)
	}
	if reason := checkLabels(a.Annotations); reason != "" {
		return fail("annotations", "%s", reason)
	}
	alert := Alert{
		Fingerprint: a.Fingerprint, Firing: a.Status == "firing", Labels: a.Labels, Annotations: a.Annotations,
		StartsAt: a.StartsAt.UTC(), GeneratorURL: a.GeneratorURL,
	}
	if !alert.Firing {
		alert.EndsAt = a.EndsAt.UTC()
	}
	return alert, nil
}

func checkLabels(labels template.KV) string {
	if len(labels) > maxLabels {
		return fmt.Sprintf("%d, more than %d", len(labels), maxLabels)
	}
	for name, value := range labels {
		if len(name)+len(value) > maxLabelValue {
			return fmt.Sprintf("%q has %d bytes, more than %d", shorten(name, 40), len(value), maxLabelValue)
		}
	}
	return ""
}

// anyFiring reports whether the delivery can open an incident.
func (n Notification) anyFiring() bool {
	for _, a := range n.Alerts {
		if a.Firing {
			return true
		}
	}
	return false
}
