package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// BreakGlass says when a call may run without the second person that it needs.
type BreakGlass string

// The values of approval.break_glass. In every case it is the person who asked, with a reason, and everybody on duty is told.
const (
	BreakGlassNever      BreakGlass = "never"
	BreakGlassInIncident BreakGlass = "incident" // only a call that belongs to an active incident
	BreakGlassAlways     BreakGlass = "always"
)

// mayBreakGlass tells whether the call may be run alone as it is now.
func (d *Dispatcher) mayBreakGlass(r calls.Record) bool {
	switch d.Settings.BreakGlass {
	case BreakGlassAlways:
		return true
	case BreakGlassInIncident:
		return r.Source.Incident != ""
	default:
		return false
	}
}

// BreakTheGlass runs a call for the person who asked for it, without a second person. It is planned once more: where that differs from
// what was shown, the new plan is shown and nothing is done. Everybody on duty is told in the same transaction that begins the run.
func (d *Dispatcher) BreakTheGlass(ctx context.Context, user string, r calls.Record, reason string) error {
	command := messages.Code("/" + r.Command)
	switch {
	case r.State != calls.Approval:
		return conflict(messages.New("decide.over", "command", command, "state", calls.StateText(r.State)))
	case d.Now().After(r.ExpiresAt):
		return errors.Join(d.expire(ctx, r), conflict(messages.New("call.expired", "after", d.Settings.Expires)))
	case user != r.Source.User:
		return forbidden(messages.New("decide.not_requester", "user", messages.User(r.Source.User)))
	}
	if err := d.checkBreakGlass(ctx, r); err != nil {
		return err
	}
	changed, err := d.planAgain(ctx, &r)
	switch {
	case err != nil:
		return err
	case r.Plan.NoOp:
		return d.finish(ctx, r, calls.Succeeded, "no change needed", calls.NoOpCard(r))
	case changed:
		return errors.Join(d.askAgain(ctx, r, user), conflict(messages.New("decide.outdated", "command", command)))
	}
	r.BrokeGlass = reason
	r.Identity = r.Identity.ApprovedBy(r.Identity, user) // the API server's audit log shows that both are one person
	return d.start(ctx, r, user, "broke the glass", d.alarm(ctx, r)...)
}

// checkBreakGlass refuses where the configuration does not allow it, or the incident is over.
func (d *Dispatcher) checkBreakGlass(ctx context.Context, r calls.Record) error {
	if !d.mayBreakGlass(r) {
		return forbidden(messages.New("break_glass.not_here"))
	}
	if d.Settings.BreakGlass == BreakGlassAlways {
		return nil
	}
	active, err := d.Incidents.Incidents(ctx, true, searchLimit)
	if err != nil {
		return storageError(err)
	}
	if !slices.ContainsFunc(active, func(inc incident.Incident) bool { return strconv.FormatInt(inc.Number, 10) == r.Source.Incident }) {
		return forbidden(messages.New("break_glass.over", "incident", r.Source.Incident))
	}
	return nil
}

// alarm tells everybody on duty, each directly, and where the plan stood.
func (d *Dispatcher) alarm(ctx context.Context, r calls.Record) []messages.Outbound {
	card := messages.Card{
		Tone:  messages.ToneBad,
		Title: messages.New("break_glass.alarm", "user", messages.User(r.Source.User), "command", messages.Code("/"+r.Command)),
		Facts: []messages.Fact{
			{Label: messages.New("card.where"), Value: messages.Literal(r.Cluster + " / " + r.Namespace)},
			{Label: messages.New("break_glass.reason"), Value: messages.Literal(r.BrokeGlass)},
		},
		Sections: []messages.Section{messages.Paragraph(r.Plan.Summary)},
	}
	key := "call/" + r.ID + "/broke-glass/"
	say := []messages.Outbound{{
		Key: key + "here", Lane: messages.LanePage, Channel: r.Source.Channel, ThreadTS: r.Source.ThreadTS, Requester: r.Source.User,
		Withheld: r.Withheld, Locale: d.Settings.Locale, Card: card,
	}}
	if d.OnDuty == nil {
		return say
	}
	for _, user := range d.OnDuty(ctx) {
		if user != r.Source.User {
			say = append(say, messages.Outbound{Key: key + user, Lane: messages.LanePage, Channel: user, Locale: d.LocaleOf(ctx, user), Card: card})
		}
	}
	return say
}
