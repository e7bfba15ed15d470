package main

import (
	"strings"
	"time"

	"opsbot/escalation/forecast"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// stamp writes a moment in the zone that was asked in.
func (f foretold) stamp(t time.Time) string {
	return t.In(f.at.Location()).Format("Mon 2006-01-02 15:04:05 MST")
}

// card is the forecast to read: a table for each course of events.
func (f foretold) card() messages.Card {
	inc := f.Incident
	card := messages.Card{Title: messages.New("who.title", "severity", inc.Severity.Text(), "title", messages.Literal(inc.Title), "role", inc.Role.Text())}
	for _, part := range f.Parts {
		card.Sections = append(card.Sections, messages.Paragraph(f.supposed(part)))
		if len(part.Pages) > 0 {
			card.Sections = append(card.Sections, messages.Section{Table: f.table(part)})
		} else {
			card.Sections = append(card.Sections, messages.Paragraph(messages.New("who.nobody")))
		}
		card.Sections = append(card.Sections, messages.Paragraph(f.afterwards(part)))
	}
	return card
}

func (f foretold) supposed(part forecast.Part) messages.Text {
	switch part.Scenario {
	case forecast.AnsweredOnce:
		return messages.New("who.answered", "who", f.nameOf(part.Actor), "at", messages.Date(part.ActedAt))
	case forecast.NoReport:
		return messages.New("who.resolved", "who", f.nameOf(part.Actor), "at", messages.Date(part.ActedAt))
	default:
		return messages.New("who.unanswered")
	}
}

func (f foretold) table(part forecast.Part) *messages.Table {
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
func (f foretold) why(p incident.Page) messages.Text {
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

// afterwards is how it goes on when the ladder has been climbed once.
func (f foretold) afterwards(part forecast.Part) messages.Text {
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

func (f foretold) person(p incident.Page) string {
	if c, ok := f.directory.ByID(p.Contact); ok {
		return c.Name
	}
	return p.Contact
}

func (f foretold) nameOf(actor string) string {
	c, ok := f.directory.BySlack(actor)
	if !ok {
		c, ok = f.directory.ByID(actor)
	}
	if ok {
		return c.Name
	}
	return actor
}

// unknownUser begins the Slack users that --offline makes up.
const unknownUser = "U0UNKNOWN"

// channelOf is the channel with the address that the page goes to, where that is known.
func channelOf(p incident.Page) string {
	if strings.HasPrefix(p.Address, unknownUser) {
		return string(p.Via)
	}
	return string(p.Via) + " " + p.Address
}

// forecastJSON is what `opsbot who -o json` prints. Times are RFC 3339 in the zone that was asked in.
type forecastJSON struct {
	At       time.Time  `json:"at"`
	Title    string     `json:"title"`
	Severity string     `json:"severity"`
	Role     string     `json:"role"`
	Parts    []partJSON `json:"parts"`
}

type partJSON struct {
	Supposed  string     `json:"supposed"`
	Actor     string     `json:"actor,omitempty"`
	ActedAt   time.Time  `json:"acted_at,omitzero"`
	Pages     []pageJSON `json:"pages"`
	RepeatsAt time.Time  `json:"repeats_at,omitzero"`
}

type pageJSON struct {
	At       time.Time `json:"at"`
	Stage    string    `json:"stage"`
	Round    int       `json:"round"`
	Rung     int       `json:"rung"`
	Role     string    `json:"role"`
	Contact  string    `json:"contact"`
	Name     string    `json:"name"`
	Channel  string    `json:"channel"`
	Address  string    `json:"address,omitempty"`
	Reason   string    `json:"reason"`
	OnCall   string    `json:"on_call,omitempty"` // all, rotation, calendar, override or instead
	Until    time.Time `json:"on_call_until,omitzero"`
	Override int64     `json:"override,omitempty"`
}

func (f foretold) json() forecastJSON {
	inc := f.Incident
	forecast := forecastJSON{At: f.at, Title: inc.Title, Severity: inc.Severity.String(), Role: string(inc.Role)}
	for _, part := range f.Parts {
		p := partJSON{Supposed: string(part.Scenario), ActedAt: f.local(part.ActedAt), Pages: []pageJSON{}, RepeatsAt: f.local(part.RepeatsAt)}
		if part.Actor != "" {
			p.Actor = f.nameOf(part.Actor)
		}
		for _, page := range part.Pages {
			p.Pages = append(p.Pages, f.pageJSON(page))
		}
		forecast.Parts = append(forecast.Parts, p)
	}
	return forecast
}

func (f foretold) pageJSON(p incident.Page) pageJSON {
	page := pageJSON{
		At: f.local(p.IntendedAt), Stage: string(p.Stage), Round: p.Repeat + 1, Rung: p.Step + 1, Role: string(p.Role), Contact: p.Contact,
		Name: f.person(p), Channel: string(p.Via), Address: p.Address, Reason: string(p.Reason),
	}
	if strings.HasPrefix(p.Address, unknownUser) {
		page.Address = ""
	}
	if p.Role != oncall.Owner && p.Role != oncall.Everyone {
		duty := f.directory.Duty(p.Role, p.IntendedAt)
		page.OnCall, page.Until, page.Override = string(duty.Reason), f.local(duty.Until), duty.Override.Number
	}
	return page
}

func (f foretold) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(f.at.Location())
}
