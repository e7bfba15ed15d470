package escalation

import (
	"maps"
	"slices"
	"strings"
	"time"

	"opsbot/messages"
)

// updateLimit is the most characters of what is said to stakeholders.
const updateLimit = 500

// announce keeps the incident's one message for stakeholders current. What was over before there was a channel for them, and
// what is wrong with opsbot alone, is not announced unless a person says something to them.
func (d *decision) announce() {
	if d.policy.UpdatesChannel == "" || !d.inc.Announced && (d.inc.Status == Resolved || d.inc.isOwn()) {
		return
	}
	d.inc.Announced = true
	d.send(messages.Outbound{
		Key: UpdateKey(d.inc.Number), Lane: messages.LaneUpdate, Channel: d.policy.UpdatesChannel, Card: updateCard(d.directory, d.inc),
	})
}

// isOwn reports whether only opsbot itself raised the incident's alerts.
func (inc Incident) isOwn() bool {
	for _, a := range inc.Alerts {
		if !a.Own {
			return false
		}
	}
	return len(inc.Alerts) > 0
}

// setUpdate is what a person says to the stakeholders.
func (d *decision) setUpdate(a Action) error {
	switch {
	case d.policy.UpdatesChannel == "":
		return refuse(messages.New("escalation.refused.updates_off"))
	case a.Text.IsZero():
		return refuse(messages.New("escalation.refused.update_empty"))
	}
	d.inc.Update, d.inc.UpdatedAt = shorten(a.Text.Literal, updateLimit), d.now
	d.inc.Announced = true // a person wants it known, whatever its state
	d.say(EntryNote, a.Actor, messages.New("escalation.entry.update", "user", messages.User(a.Actor), "update", d.inc.Update))
	d.active()
	return nil
}

// updateCard is for people who do not run the platform: what is affected, since when, who looks after it and how far that
// is. No label, alert, host or link of the inside is in it.
func updateCard(directory Directory, inc Incident) messages.Card {
	card := messages.Card{
		Tone: inc.tone(), Title: inc.updateTitle(),
		Facts: []messages.Fact{
			{Label: messages.New("escalation.fact.status"), Value: inc.updateStatus()},
			{Label: messages.New("escalation.fact.opened"), Value: messages.New("escalation.day", "at", messages.Date(inc.OpenedAt))},
		},
	}
	if inc.Owner != "" {
		owner := inc.ownerText()
		if c, ok := directory.ByActor(inc.Owner); ok {
			owner = messages.Literal(c.Name) // a mention would call the owner to a channel with nothing to do in it
		}
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.owner"), Value: owner})
	}
	if inc.Update != "" {
		card.Sections = []messages.Section{messages.Paragraph(messages.New("escalation.update.said", "update", inc.Update, "at", messages.Date(inc.UpdatedAt)))}
	}
	return card
}

func (inc Incident) updateTitle() messages.Text {
	services := inc.services()
	if len(services) == 0 {
		return messages.New("escalation.update.title_unknown", "incident", Label(inc.Number), "severity", inc.Severity.Text())
	}
	return messages.New("escalation.update.title", "incident", Label(inc.Number), "severity", inc.Severity.Text(), "services", shorten(strings.Join(services, ", "), 120))
}

// services are the names of the services that the alerts are about, sorted.
func (inc Incident) services() []string {
	names := map[string]bool{}
	for _, a := range inc.Alerts {
		if name := a.Service(); name != "" {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (inc Incident) updateStatus() messages.Text {
	switch {
	case inc.Status == Open && !inc.HeldUntil.IsZero():
		return messages.New("escalation.update.held", "from", messages.Date(inc.HeldUntil))
	case inc.Status == Open:
		return messages.New("escalation.update.noticed")
	case inc.Status == Acknowledged && inc.DiagnosedAt.IsZero():
		return messages.New("escalation.update.investigated")
	case inc.Status == Acknowledged:
		return messages.New("escalation.update.mended")
	case inc.Status == Quiet:
		return messages.New("escalation.update.watched")
	default:
		return messages.New("escalation.update.resolved", "took", inc.ResolvedAt.Sub(inc.OpenedAt).Round(time.Second))
	}
}
