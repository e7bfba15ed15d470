package handlers

import (
	"context"
	"time"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/runs"
)

// punctual is how late a call may be without that being mentioned.
const punctual = time.Minute

// madeNote stands before the answer of a scheduled call.
func (d *Dispatcher) madeNote(s runs.Schedule) messages.Card {
	user, command := messages.User(s.User), messages.Code("/"+s.Command)
	card := messages.Card{Tone: messages.ToneInfo, Title: messages.New("schedule.made", "number", s.Number, "user", user, "command", command)}
	switch {
	case s.Insists():
		card.Title = messages.New("schedule.puts_back", "number", s.Number, "user", user, "command", command)
	case s.Back:
		card.Title = messages.New("schedule.back", "number", s.Number, "user", user, "command", command)
	}
	if late := d.Now().Sub(s.Due); late > punctual {
		card.Sections = []messages.Section{messages.Paragraph(messages.New("schedule.late", "due", messages.Date(s.Due), "late", late.Truncate(time.Minute)))}
	}
	return card
}

// tooLateNote says that a call was left out.
func (d *Dispatcher) tooLateNote(s runs.Schedule) messages.Card {
	card := messages.Card{
		Tone: messages.ToneWarning,
		Title: messages.New("schedule.skipped", "number", s.Number, "user", messages.User(s.User), "command", messages.Code("/"+s.Command),
			"due", messages.Date(s.Due)),
		Sections: []messages.Section{messages.Paragraph(messages.New("schedule.skipped_why", "late", d.Now().Sub(s.Due).Truncate(time.Minute)))},
	}
	if s.Cron == "" {
		card.Actions = calls.Suggestions([]string{s.Command})
	}
	return card
}

// failedNote says why a call cannot be made, to everybody: the planner may have left.
func (d *Dispatcher) failedNote(s runs.Schedule, cause error) messages.Card {
	user, command := messages.User(s.User), messages.Code("/"+s.Command)
	why := calls.ErrorText(calls.Record{}, cause)
	if k8sops.CodeOf(cause) == k8sops.CodeForbidden {
		why = messages.New("schedule.left", "user", user)
	}
	card := messages.Card{
		Tone: messages.ToneBad, Title: messages.New("schedule.failed", "number", s.Number, "user", user, "command", command),
		Sections: []messages.Section{messages.Paragraph(why), messages.Paragraph(messages.New("schedule.ended"))},
	}
	if s.Back {
		card.Title = messages.New("schedule.back_failed", "number", s.Number, "user", user, "command", command)
	} else {
		card.Actions = calls.Suggestions([]string{s.Command})
	}
	return card
}

// insistNote says why something is not back yet, and when that is tried again. Whoever may can do it with the button.
func (d *Dispatcher) insistNote(s, next runs.Schedule, cause error) messages.Card {
	card := d.failedNote(s, cause)
	card.Title = messages.New("schedule.not_back_yet", "user", messages.User(s.User), "command", messages.Code("/"+s.Command))
	card.Sections[len(card.Sections)-1] = messages.Paragraph(messages.New("schedule.tried_again", "due", messages.Date(next.Due)))
	card.Actions = calls.Suggestions([]string{s.Command})
	return card
}

func (d *Dispatcher) scheduleMessage(s runs.Schedule, card messages.Card) messages.Outbound {
	return messages.Outbound{
		Key: s.SourceID() + "/note", Lane: messages.LaneAnswer, Channel: s.Channel, ThreadTS: s.ThreadTS, Requester: s.User,
		Locale: d.Settings.Locale, Card: card,
	}
}

// recordSkip puts a call that was not made on the timeline of its incident.
func (d *Dispatcher) recordSkip(ctx context.Context, s runs.Schedule, text messages.Text) {
	d.recordInIncident(ctx, calls.Record{ID: s.CallID(), Operation: s.Operation, Source: k8sops.Source{Incident: s.Incident}}, incident.EntryCommand, s.User, text)
}
