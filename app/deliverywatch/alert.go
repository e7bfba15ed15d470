package deliverywatch

import (
	"time"

	"opsbot/bot/deliver"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

const (
	// topic is the incident of everything that keeps opsbot's messages from people.
	topic = "opsbot/delivery"
	// DefaultPatience is how long a failure that may pass has to last before a person is told.
	DefaultPatience = time.Minute
	// lostWindow is how long after the last lost message the alert fires.
	lostWindow = 15 * time.Minute
	// silencePatience is how long opsbot may be without a connection on which Slack tells it anything; a refresh takes a second.
	silencePatience = 2 * time.Minute
)

// problemSilent is a problem in the other direction: commands and presses do not reach opsbot.
const problemSilent deliver.ProblemKind = "silent"

// alertOf is the alert of a problem.
func (w *Watch) alertOf(t deliver.Problem) engine.SelfAlert {
	c := engine.SelfAlert{Severity: incident.Critical, Since: t.Since, Labels: map[string]string{}}
	if t.Code != "" {
		c.Labels["error"] = t.Code
	}
	if t.Channel != "" {
		c.Labels["channel"] = t.Channel
	}
	var title messages.Text
	switch t.Kind {
	case deliver.ProblemRefused:
		c.Name, title = "SlackRefusesOpsbot", messages.New("delivery.refused", "code", t.Code)
	case deliver.ProblemLimit:
		c.Name, title = "SlackMessageLimit", messages.New("delivery.limit")
	case deliver.ProblemUnreachable:
		c.Name, title = "SlackUnreachable", messages.New("delivery.away", "code", t.Code)
	case deliver.ProblemChannelClosed:
		c.Name, title = "SlackChannelClosed", messages.New("delivery.closed", "code", t.Code)
		if t.Code == deliver.CodeShared {
			c.Name, title = "SlackChannelShared", messages.New("delivery.shared")
		}
		if t.Channel == w.Updates && w.Updates != "" {
			c.Severity = incident.Warning // the people who mend things do not read there
		}
	case deliver.ProblemStuck:
		c.Name, c.Severity, title = "SlackMessageStuck", incident.Warning, messages.New("delivery.stuck", "code", t.Code)
	case deliver.ProblemLost:
		c.Name, c.Severity, title = "SlackMessageLost", incident.Warning, messages.New("delivery.lost", "code", t.Code)
	case problemSilent:
		c.Name, title = "SlackSilent", messages.New("delivery.silent")
	}
	c.Title = w.Print(title)
	return c
}
