package engine

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// SelfAlert is an alert about opsbot itself, which opsbot raises and clears.
type SelfAlert struct {
	Name     string // of the alert
	Labels   map[string]string
	Severity incident.Severity
	Title    string // in words
	Since    time.Time
}

// Raise raises an alert of a topic. All alerts of a topic are one incident, for the system administrator. Raising one twice
// is harmless.
func (s *Service) Raise(ctx context.Context, topic string, c SelfAlert) error {
	return s.Observe(ctx, selfAlertNotification(topic, c.Alert(topic), s.arrivals.at(s.Now())))
}

// Clear ends alerts of a topic.
func (s *Service) Clear(ctx context.Context, topic string, over ...incident.Alert) error {
	now := s.arrivals.at(s.Now())
	var reports []incident.Notification
	for _, a := range over {
		a.Firing, a.EndsAt = false, now
		reports = append(reports, selfAlertNotification(topic, a, now))
	}
	if len(reports) == 0 {
		return nil
	}
	return s.Observe(ctx, reports...)
}

// Active are the firing alerts of a topic, by fingerprint.
func (s *Service) Active(ctx context.Context, topic string) (map[string]incident.Alert, error) {
	number, err := s.Store.OpenByGroup(ctx, topic)
	if errors.Is(err, incident.ErrNotFound) {
		return map[string]incident.Alert{}, nil
	}
	if err != nil {
		return nil, err
	}
	inc, err := s.Store.Incident(ctx, number)
	if err != nil {
		return nil, err
	}
	firing := maps.Clone(inc.Alerts)
	maps.DeleteFunc(firing, func(_ string, a incident.Alert) bool { return !a.Firing || !a.Own })
	return firing, nil
}

// Fingerprint identifies the alert within its topic.
func (c SelfAlert) Fingerprint(topic string) string {
	hash := fnv.New64a()
	fmt.Fprint(hash, topic, "/", c.Name, "/", c.Labels["channel"])
	if email := c.Labels["email"]; email != "" {
		fmt.Fprint(hash, "/", email)
	}
	return fmt.Sprintf("%016x", hash.Sum64())
}

// Alert is the alert as incidents have it.
func (c SelfAlert) Alert(topic string) incident.Alert {
	labels := map[string]string{"alertname": c.Name, "severity": c.Severity.String(), "role": string(oncall.System)}
	maps.Copy(labels, c.Labels)
	return incident.Alert{
		Fingerprint: c.Fingerprint(topic), Firing: true, Own: true, StartsAt: c.Since, Labels: labels, Annotations: map[string]string{"summary": c.Title},
	}
}

func selfAlertNotification(topic string, a incident.Alert, now time.Time) incident.Notification {
	return incident.Notification{ReceivedAt: now, GroupKey: topic, Alerts: []incident.Alert{a}}
}
