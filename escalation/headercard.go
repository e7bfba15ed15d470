package escalation

import (
	"slices"
	"strings"

	"opsbot/messages"
)

// listed is how many alerts a header names; optionLimit is the most a select menu can hold (SF-4.52).
const (
	listed      = 10
	optionLimit = 100
)

// headerCard is the incident's face. It depends on nothing but its arguments, so that an unchanged incident is an
// unchanged message.
func headerCard(policy Policy, directory Directory, inc Incident) messages.Card {
	alerts := inc.sortedAlerts()
	card := messages.Card{
		Tone:     inc.tone(),
		Title:    inc.headline(),
		Facts:    inc.facts(policy, alerts),
		Sections: []messages.Section{{List: alertList(alerts, inc, listed)}},
		Actions:  inc.actions(directory),
	}
	if links := linksOf(inc, alerts); !links.IsZero() {
		card.Sections = append(card.Sections, messages.Paragraph(links))
	}
	if inc.Status != Resolved {
		if runs := suggestions(inc, alerts); len(runs) > 0 {
			card.Sections = append(card.Sections, messages.Section{Actions: runs})
		}
	}
	return card
}

func (inc Incident) headline() messages.Text {
	return messages.New("escalation.header.title",
		"incident", Label(inc.Number), "severity", inc.Severity.Text(), "title", inc.subject())
}

func (inc Incident) subject() messages.Text {
	if inc.Storm {
		return messages.New("escalation.subject.storm", "count", inc.Groups, "title", messages.Literal(inc.Title))
	}
	return messages.Literal(inc.Title)
}

func (inc Incident) tone() messages.Tone {
	switch inc.Status {
	case Open:
		return messages.ToneBad
	case Acknowledged:
		return messages.ToneWarning
	case Quiet:
		return messages.ToneInfo
	default:
		return messages.ToneGood
	}
}

func (inc Incident) facts(policy Policy, alerts []Alert) []messages.Fact {
	facts := []messages.Fact{
		{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
		{Label: messages.New("escalation.fact.owner"), Value: inc.ownerText()},
		{Label: messages.New("escalation.fact.stage"), Value: inc.clock(policy)},
		{Label: messages.New("escalation.fact.alerts"), Value: messages.New("escalation.alert.tally",
			"firing", inc.firing(), "total", len(inc.Alerts)+inc.Truncated)},
	}
	if affected := affectedBy(alerts); affected != "" {
		facts = append(facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	return append(facts, messages.Fact{Label: messages.New("escalation.fact.opened"), Value: messages.New("escalation.time", "at", inc.OpenedAt)})
}

func (inc Incident) ownerText() messages.Text {
	switch {
	case inc.Owner == "" && (inc.Status == Resolved || inc.Status == Quiet):
		return messages.New("escalation.owner.nobody")
	case inc.Owner == "" && !inc.HeldUntil.IsZero():
		return messages.New("escalation.owner.held", "role", inc.Role.Text(), "from", messages.Date(inc.HeldUntil))
	case inc.Owner == "":
		return messages.New("escalation.owner.none", "role", inc.Role.Text())
	case inc.HandoffTo != "":
		return messages.New("escalation.owner.handoff", "user", messages.User(inc.Owner), "to", messages.User(inc.HandoffTo), "until", inc.HandoffUntil)
	}
	return messages.New("escalation.mention", "user", messages.User(inc.Owner))
}

// clock is the deadline that runs, as a moment: it stays right without anybody editing the message.
func (inc Incident) clock(policy Policy) messages.Text {
	switch {
	case inc.Status == Quiet:
		return messages.New("escalation.clock.quiet", "until", inc.QuietAt.Add(policy.QuietPeriod))
	case inc.Stage == Done:
		return inc.Stage.Text()
	default:
		return messages.New("escalation.clock.due", "stage", inc.Stage.Text(), "due", inc.StageDueAt)
	}
}

func (inc Incident) sortedAlerts() []Alert {
	alerts := make([]Alert, 0, len(inc.Alerts))
	for _, a := range inc.Alerts {
		alerts = append(alerts, a)
	}
	return worstFirst(alerts)
}

// affectedBy names the workloads of the alerts that fire, of all where none does.
func affectedBy(alerts []Alert) string {
	var names []string
	for _, a := range alerts {
		name := a.Service()
		if name == "" {
			name = firstLabel(a.Labels, "pod", "instance", "node", "job")
		}
		if name == "" || slices.Contains(names, name) || (!a.Firing && len(names) > 0) {
			continue
		}
		names = append(names, name)
		if len(names) == 8 {
			names = append(names, "…")
			break
		}
	}
	for i, name := range names {
		names[i] = shorten(name, 60)
	}
	return strings.Join(names, ", ")
}

// alertList names the first limit alerts and counts the others.
func alertList(alerts []Alert, inc Incident, limit int) []messages.Text {
	lines := alertLines(alerts[:min(limit, len(alerts))], inc.Labels)
	if more := len(alerts) - len(lines); more > 0 {
		lines = append(lines, messages.New("escalation.alert.more", "count", more))
	}
	if inc.Truncated > 0 {
		lines = append(lines, messages.New("escalation.alert.truncated", "count", inc.Truncated))
	}
	return lines
}

func alertLines(alerts []Alert, group map[string]string) []messages.Text {
	lines := make([]messages.Text, 0, len(alerts)+2)
	for _, a := range alerts {
		lines = append(lines, a.line(group))
	}
	return lines
}
