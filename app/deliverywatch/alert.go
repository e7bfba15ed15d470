package deliverywatch

import (
	"time"

	"opsbot/bot"
	"opsbot/escalation"
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

// troubleSilent is trouble of the other direction: commands and presses do not reach opsbot.
const troubleSilent bot.TroubleKind = "deaf"

// alertOf is the alert of a trouble.
func (w *Watch) alertOf(t bot.Trouble) escalation.Concern {
	c := escalation.Concern{Severity: escalation.Critical, Since: t.Since, Labels: map[string]string{}}
	if t.Code != "" {
		c.Labels["error"] = t.Code
	}
	if t.Channel != "" {
		c.Labels["channel"] = t.Channel
	}
	var title messages.Text
	switch t.Kind {
	case bot.TroubleRefused:
		c.Name, title = "SlackRefusesOpsbot", messages.New("delivery.refused", "code", t.Code)
	case bot.TroubleLimit:
		c.Name, title = "SlackMessageLimit", messages.New("delivery.limit")
	case bot.TroubleAway:
		c.Name, title = "SlackUnreachable", messages.New("delivery.away", "code", t.Code)
	case bot.TroubleClosed:
		c.Name, title = "SlackChannelClosed", messages.New("delivery.closed", "code", t.Code)
		if t.Channel == w.Updates && w.Updates != "" {
			c.Severity = escalation.Warning // the people who mend things do not read there
		}
	case bot.TroubleStuck:
		c.Name, c.Severity, title = "SlackMessageStuck", escalation.Warning, messages.New("delivery.stuck", "code", t.Code)
	case bot.TroubleLost:
		c.Name, c.Severity, title = "SlackMessageLost", escalation.Warning, messages.New("delivery.lost", "code", t.Code)
	case troubleSilent:
		c.Name, title = "SlackSilent", messages.New("delivery.deaf")
	}
	c.Title = w.Print(title)
	return c
}
