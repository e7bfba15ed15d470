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

// Concern is something that is wrong with opsbot itself. It becomes an alert whose beginning and end opsbot tells.
type Concern struct {
	Name     string // of the alert
	Labels   map[string]string
	Severity incident.Severity
	Title    string // in words
	Since    time.Time
}

// Worry takes in that a concern of a topic begins. All concerns of a topic are one incident, for the system administrator.
// Telling twice is harmless.
func (s *Service) Worry(ctx context.Context, topic string, c Concern) error {
	return s.Observe(ctx, concernNotification(topic, c.Alert(topic), s.arrivals.at(s.Now())))
}

// Relax takes in that alerts of the topic's incident are over.
func (s *Service) Relax(ctx context.Context, topic string, over ...incident.Alert) error {
	now := s.arrivals.at(s.Now())
	var reports []incident.Notification
	for _, a := range over {
		a.Firing, a.EndsAt = false, now
		reports = append(reports, concernNotification(topic, a, now))
	}
	if len(reports) == 0 {
		return nil
	}
	return s.Observe(ctx, reports...)
}

// Worries are the alerts that fire in the topic's incident, by fingerprint.
func (s *Service) Worries(ctx context.Context, topic string) (map[string]incident.Alert, error) {
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

// Fingerprint tells a concern from the others of its topic.
func (c Concern) Fingerprint(topic string) string {
	hash := fnv.New64a()
	fmt.Fprint(hash, topic, "/", c.Name, "/", c.Labels["channel"])
	return fmt.Sprintf("%016x", hash.Sum64())
}

// Alert is what opsbot tells of the concern.
func (c Concern) Alert(topic string) incident.Alert {
	labels := map[string]string{"alertname": c.Name, "severity": c.Severity.String(), "role": string(oncall.System)}
	maps.Copy(labels, c.Labels)
	return incident.Alert{
		Fingerprint: c.Fingerprint(topic), Firing: true, Own: true, StartsAt: c.Since, Labels: labels, Annotations: map[string]string{"summary": c.Title},
	}
}

func concernNotification(topic string, a incident.Alert, now time.Time) incident.Notification {
	return incident.Notification{ReceivedAt: now, GroupKey: topic, Alerts: []incident.Alert{a}}
}
