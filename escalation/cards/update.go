package cards

import (
	"maps"
	"slices"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Update is for people who do not run the platform: what is affected, since when, who works on it, and the status. It contains
// no labels, alerts, hosts or internal links.
func Update(directory oncall.Directory, inc incident.Incident) messages.Card {
	card := messages.Card{
		Tone: inc.Tone(), Title: updateTitle(inc),
		Facts: []messages.Fact{
			{Label: messages.New("escalation.fact.status"), Value: updateStatus(inc)},
			{Label: messages.New("escalation.fact.opened"), Value: messages.New("escalation.day", "at", messages.Date(inc.OpenedAt))},
		},
	}
	if inc.Owner != "" {
		owner := inc.OwnerText()
		if c, ok := directory.ByActor(inc.Owner); ok {
			owner = messages.Literal(c.Name) // a mention would notify the owner for nothing
		}
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.owner"), Value: owner})
	}
	if inc.Update != "" {
		card.Sections = []messages.Section{messages.Paragraph(messages.New("escalation.update.said", "update", inc.Update, "at", messages.Date(inc.UpdatedAt)))}
	}
	return card
}

func updateTitle(inc incident.Incident) messages.Text {
	services := services(inc)
	if len(services) == 0 {
		return messages.New("escalation.update.title_unknown", "incident", incident.Label(inc.Number), "severity", inc.Severity.Text())
	}
	return messages.New("escalation.update.title", "incident", incident.Label(inc.Number), "severity", inc.Severity.Text(), "services", messages.Shorten(strings.Join(services, ", "), 120))
}

// services are the names of the services that the alerts are about, sorted.
func services(inc incident.Incident) []string {
	names := map[string]bool{}
	for _, a := range inc.Alerts {
		if name := a.Service(); name != "" {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func updateStatus(inc incident.Incident) messages.Text {
	switch {
	case inc.Status == incident.Open && !inc.HeldUntil.IsZero():
		return messages.New("escalation.update.held", "from", messages.Date(inc.HeldUntil))
	case inc.Status == incident.Open:
		return messages.New("escalation.update.noticed")
	case inc.Status == incident.Acknowledged && inc.DiagnosedAt.IsZero():
		return messages.New("escalation.update.investigated")
	case inc.Status == incident.Acknowledged:
		return messages.New("escalation.update.mended")
	case inc.Status == incident.Quiet:
		return messages.New("escalation.update.watched")
	default:
		return messages.New("escalation.update.resolved", "took", inc.ResolvedAt.Sub(inc.OpenedAt).Round(time.Second))
	}
}
