package cards

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

func headerFacts(inc incident.Incident, alerts []incident.Alert, quietPeriod time.Duration) []messages.Fact {
	facts := []messages.Fact{
		{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
		{Label: messages.New("escalation.fact.owner"), Value: inc.OwnerText()},
		{Label: messages.New("escalation.fact.stage"), Value: clock(inc, quietPeriod)},
		{Label: messages.New("escalation.fact.alerts"), Value: messages.New("escalation.alert.tally",
			"firing", inc.Firing(), "total", len(inc.Alerts)+inc.Truncated)},
	}
	if affected := incident.Affected(alerts); affected != "" {
		facts = append(facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	return append(facts, messages.Fact{Label: messages.New("escalation.fact.opened"), Value: messages.New("escalation.time", "at", inc.OpenedAt)})
}

// clock is the current deadline as a time of day, which stays right without editing the message.
func clock(inc incident.Incident, quietPeriod time.Duration) messages.Text {
	switch {
	case inc.Status == incident.Quiet:
		return messages.New("escalation.clock.quiet", "until", inc.QuietAt.Add(quietPeriod))
	case inc.Stage == incident.Done:
		return inc.Stage.Text()
	default:
		return messages.New("escalation.clock.due", "stage", inc.Stage.Text(), "due", inc.StageDueAt)
	}
}
