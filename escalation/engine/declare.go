package engine

import (
	"context"
	"fmt"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/internal/redact"
	"opsbot/messages"
)

// Declare opens an incident for a person and returns its number. If role is "", the rules choose one by the title.
func (s *Service) Declare(ctx context.Context, title string, severity incident.Severity, role oncall.Role, actor string) (number int64, err error) {
	n := Declare(title, severity, role, actor, s.Now())
	if err := s.Observe(ctx, n); err != nil {
		return 0, fmt.Errorf("open an incident: %w", err)
	}
	if number, err = s.Store.OpenByGroup(ctx, n.GroupKey); err != nil {
		return 0, fmt.Errorf("find the incident just opened: %w", err)
	}
	_, err = s.Act(ctx, number, escalation.Action{
		Kind: escalation.Record, Actor: actor, Entry: incident.EntryAction, InThread: true,
		Text: messages.New("escalation.entry.declared", "user", messages.User(actor)),
	})
	return number, err
}

// Declare is the delivery that opens an incident for a person (/incident open), for Service.Observe. It is a group of its
// own. If role is "", the rules choose one by the title.
func Declare(title string, severity incident.Severity, role oncall.Role, actor string, now time.Time) incident.Notification {
	title = redact.Text(title)
	labels := map[string]string{"alertname": title, "severity": severity.String()}
	if role != "" {
		labels["role"] = string(role)
	}
	id := fmt.Sprintf("%016x", uint64(now.UnixNano()))
	return incident.Notification{
		ReceivedAt: now, GroupKey: "declared/" + actor + "/" + id, Labels: map[string]string{"alertname": title},
		Alerts: []incident.Alert{{Fingerprint: id, Firing: true, Manual: true, Labels: labels, StartsAt: now}},
	}
}
