package roster

import (
	"slices"
	"strings"
	"time"

	"opsbot/escalation/oncall"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// leftNamed is how many events of a calendar that put nobody on call are named.
const leftNamed = 3

// Card says for each role who is on call, until when, and who is next; then the overrides, with what takes them back.
func Card(d oncall.Directory, roles []oncall.Role, now time.Time) messages.Card {
	card := messages.Card{Title: messages.New("oncall.title")}
	var lines []messages.Text
	for _, role := range roles {
		lines = append(lines, dutyLine(d, d.Duty(role, now)))
		if len(d.OnCall(role, now)) == 0 {
			card.Tone = messages.ToneBad
		}
	}
	card.Sections = []messages.Section{{List: lines}}
	for _, role := range roles {
		if c, ok := d.Calendar(role); ok && c.Problem != "" {
			card.Sections = append(card.Sections, messages.Section{Finding: calendarFinding(role, c)})
		}
		for _, text := range d.LeftOut(role, leftNamed) {
			card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{Tone: messages.ToneWarning, Text: text}})
		}
		for _, o := range d.Overrides(role, now) {
			card.Sections = append(card.Sections, messages.Section{Finding: overrideFinding(d, o)})
		}
	}
	return card
}

func dutyLine(d oncall.Directory, duty oncall.Duty) messages.Text {
	role, who := duty.Role.Text(), names(duty.People)
	switch {
	case len(duty.People) == 0:
		return messages.New("oncall.nobody", "role", role)
	case duty.Until.IsZero() && duty.Reason == oncall.DutyAll:
		return messages.New("oncall.all", "role", role, "who", who)
	case duty.Until.IsZero():
		return messages.New("oncall.always", "role", role, "who", who)
	}
	until, next := messages.Date(duty.Until), names(d.OnCall(duty.Role, duty.Until))
	switch duty.Reason {
	case oncall.DutyOverride:
		return messages.New("oncall.stand_in", "role", role, "who", who, "until", until, "next", next)
	case oncall.DutyFallback:
		return messages.New("oncall.instead", "role", role, "who", who, "until", until, "next", next)
	default:
		return messages.New("oncall.turn", "role", role, "who", who, "until", until, "next", next)
	}
}

func calendarFinding(role oncall.Role, c oncall.Calendar) *messages.Finding {
	finding := messages.Finding{Tone: messages.ToneWarning, Text: messages.New("oncall.calendar_never", "role", role.Text(), "cause", c.Problem)}
	if !c.ReadAt.IsZero() {
		finding.Text = messages.New("oncall.calendar_old", "role", role.Text(), "cause", c.Problem, "at", messages.Date(c.ReadAt))
	}
	return &finding
}

func overrideFinding(d oncall.Directory, o oncall.Override) *messages.Finding {
	finding := messages.Finding{
		Tone: messages.ToneInfo,
		Text: messages.New("oncall.override", "number", o.Number, "role", o.Role.Text(), "who", personName(d, o.User),
			"from", messages.Date(o.From), "until", messages.Date(o.Until), "by", personName(d, o.By)),
		Action: &messages.Action{Name: calls.ActionRun, Label: messages.New("oncall.cancel"), Value: cancelLine(o)},
	}
	if c, ok := d.BySlack(o.User); !ok || !c.Reachable() {
		finding.Tone = messages.ToneWarning
		finding.Text = messages.New("oncall.override_void", "number", o.Number, "role", o.Role.Text(), "who", personName(d, o.User))
	}
	return &finding
}

// names are written out: a mention would call the people.
func names(people []oncall.Contact) string {
	if len(people) == 0 {
		return "–"
	}
	words := make([]string, len(people))
	for i, c := range people {
		words[i] = c.Name
	}
	return strings.Join(words, ", ")
}

func personName(d oncall.Directory, slack string) string {
	if c, ok := d.BySlack(slack); ok {
		return c.Name
	}
	return slack
}

// upcoming is how many turns after the present one are shown of a single role.
const upcoming = 5

// roleCard is onCallCard for one role, with the turns that follow and how everybody is reached.
func roleCard(d oncall.Directory, role oncall.Role, now time.Time) messages.Card {
	card := Card(d, []oncall.Role{role}, now)
	var turns []messages.Text
	for duty := d.Duty(role, now); !duty.Until.IsZero() && len(turns) < upcoming; {
		begins := duty.Until
		duty = d.Duty(role, begins)
		turns = append(turns, messages.New("oncall.from", "from", messages.Date(begins), "who", names(duty.People)))
	}
	if len(turns) > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("oncall.upcoming")), messages.Section{List: turns})
	}
	var people []messages.Text
	for _, c := range d.Team(role) {
		parts := slices.DeleteFunc([]string{c.Name, c.Duty, c.Phone, c.Email}, func(s string) bool { return s == "" })
		people = append(people, messages.Literal(strings.Join(parts, " · ")))
	}
	if len(people) > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("oncall.contacts")), messages.Section{List: people})
	}
	return card
}
