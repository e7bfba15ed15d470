package who

import (
	"strings"

	"opsbot/escalation/forecast"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// card is the forecast to read: a table for each course of events.
func (f forecastView) card() messages.Card {
	inc := f.Incident
	card := messages.Card{Title: messages.New("who.title", "severity", inc.Severity.Text(), "title", messages.Literal(inc.Title), "role", inc.Role.Text())}
	for _, part := range f.Parts {
		card.Sections = append(card.Sections, messages.Paragraph(f.assumption(part)))
		if len(part.Pages) > 0 {
			card.Sections = append(card.Sections, messages.Section{Table: f.table(part)})
		} else {
			card.Sections = append(card.Sections, messages.Paragraph(messages.New("who.nobody")))
		}
		card.Sections = append(card.Sections, messages.Paragraph(f.afterwards(part)))
	}
	for _, role := range oncall.ContactRoles() {
		for _, text := range f.directory.LeftOut(role, leftNamed) {
			card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{Tone: messages.ToneWarning, Text: text}})
		}
	}
	return card
}

// leftNamed is how many events of a calendar that put nobody on call are named.
const leftNamed = 3

func (f forecastView) assumption(part forecast.Part) messages.Text {
	switch part.Scenario {
	case forecast.AnsweredOnce:
		return messages.New("who.answered", "who", f.nameOf(part.Actor), "at", messages.Date(part.ActedAt))
	case forecast.NoReport:
		return messages.New("who.resolved", "who", f.nameOf(part.Actor), "at", messages.Date(part.ActedAt))
	default:
		return messages.New("who.unanswered")
	}
}

func (f forecastView) table(part forecast.Part) *messages.Table {
	table := messages.Table{Columns: []messages.Column{
		{Title: messages.New("who.time")}, {Title: messages.New("who.stage")}, {Title: messages.New("who.rung"), Right: true},
		{Title: messages.New("who.role")}, {Title: messages.New("who.person")}, {Title: messages.New("who.channel")}, {Title: messages.New("who.heading_why")},
	}}
	for _, p := range part.Pages {
		table.Rows = append(table.Rows, []messages.Text{
			messages.New("who.date", "at", messages.Date(p.IntendedAt)), p.Stage.Text(), messages.New("who.number", "number", p.Step+1), p.Role.Text(),
			messages.Literal(f.person(p)), messages.Literal(channelOf(p)), f.why(p),
		})
	}
	return &table
}

// why is the page's reason, and for a role of the contact table what makes the person the one who is on call.
func (f forecastView) why(p incident.Page) messages.Text {
	reason := p.Reason.Text()
	if p.Role == oncall.Owner || p.Role == oncall.Everyone {
		return messages.New("who.why", "reason", reason)
	}
	duty := f.directory.Duty(p.Role, p.IntendedAt)
	switch duty.Reason {
	case oncall.DutyRotation, oncall.DutyCalendar:
		if duty.Until.IsZero() {
			return messages.New("who.why", "reason", reason)
		}
		return messages.New("who.why_turn", "reason", reason, "until", messages.Date(duty.Until))
	case oncall.DutyOverride:
		return messages.New("who.why_override", "reason", reason, "number", duty.Override.Number, "until", messages.Date(duty.Override.Until))
	case oncall.DutyFallback:
		return messages.New("who.why_instead", "reason", reason)
	default:
		return messages.New("who.why_all", "reason", reason)
	}
}

// afterwards is what happens once everybody on the ladder was paged.
func (f forecastView) afterwards(part forecast.Part) messages.Text {
	if part.RepeatsAt.IsZero() || len(part.Pages) == 0 {
		return messages.New("who.ends")
	}
	stage := f.policy.Stage(f.Incident.Severity, part.Pages[len(part.Pages)-1].Stage)
	switch {
	case stage.Repeat > 1 && stage.Nag > 0:
		return messages.New("who.repeats", "at", messages.Date(part.RepeatsAt), "times", stage.Repeat, "nag", stage.Nag)
	case stage.Repeat > 1:
		return messages.New("who.repeats_only", "at", messages.Date(part.RepeatsAt), "times", stage.Repeat)
	case stage.Nag > 0:
		return messages.New("who.nags", "at", messages.Date(part.RepeatsAt), "nag", stage.Nag)
	default:
		return messages.New("who.once_more", "at", messages.Date(part.RepeatsAt))
	}
}

// channelOf is the channel with the address that the page goes to, where that is known.
func channelOf(p incident.Page) string {
	if strings.HasPrefix(p.Address, unknownUser) {
		return string(p.Via)
	}
	return string(p.Via) + " " + p.Address
}
