package operations

import (
	"context"
	"strings"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/internal/wallclock"
	"opsbot/k8sops"
	"opsbot/messages"
)

// followUpAdd is /incident followup add.
type followUpAdd struct{ FollowUps }

type followUpAddArgs struct {
	Text  string
	Owner k8sops.Person
	Due   string
}

func (o followUpAdd) spec() k8sops.ReadSpec[followUpAddArgs] {
	return k8sops.ReadSpec[followUpAddArgs]{
		Meta: k8sops.Meta{
			Name: "incident followup add", Summary: messages.New("followup.op.add"),
			Examples: []string{
				"incident followup add INC-12 alert on the growth of the WAL owner=@dba due=2026-03-09", "incident followup add write a runbook due=fri",
			},
			Owners: everyone(),
		},
		Args: func(a *followUpAddArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "text", Into: &a.Text, Summary: messages.New("followup.arg.text"), Positional: true, Required: true, Rest: true},
				{Name: "owner", Into: &a.Owner, Summary: messages.New("followup.arg.owner")},
				{Name: "due", Into: &a.Due, Summary: messages.New("followup.arg.due")},
			}
		},
		Answer: card(o.answer),
	}
}

func (o followUpAdd) answer(ctx context.Context, call *k8sops.Call, args followUpAddArgs) (messages.Card, error) {
	args.takePairs()
	number, text, err := numberInFront(call, args.Text)
	if err != nil {
		return messages.Card{}, err
	}
	f := incident.FollowUp{Text: text, Owner: call.Source.User}
	if args.Owner != "" {
		if f.Owner, err = o.Assignable.assignee(ctx, args.Owner); err != nil {
			return messages.Card{}, err
		}
	}
	if args.Due != "" {
		if f.DueAt, err = parseDue(args.Due, o.Now().In(o.Zone(ctx, call.Source.User))); err != nil {
			return messages.Card{}, err
		}
	}
	return o.act(ctx, number, escalation.Action{Kind: escalation.AddFollowUp, Actor: call.Source.User, FollowUp: f})
}

// takePairs takes owner=… and due=… out of the text, where people write them without hyphens.
func (a *followUpAddArgs) takePairs() {
	var words []string
	for word := range strings.FieldsSeq(a.Text) {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case value != "" && strings.EqualFold(name, "owner"):
			a.Owner = k8sops.Person(value)
		case value != "" && strings.EqualFold(name, "due"):
			a.Due = value
		default:
			words = append(words, word)
		}
	}
	a.Text = strings.Join(words, " ")
}

// endOfWork is when what is due on a day is due.
const endOfWork = "18:00"

// parseDue reads a day ("2026-03-09", "fri", "tomorrow"), a moment or how long it may take ("3d", "2w"), with now in the zone of the
// person who wrote it.
func parseDue(text string, now time.Time) (time.Time, error) {
	at, err := wallclock.Parse(text+" "+endOfWork, now)
	if err != nil {
		at, err = wallclock.Parse(text, now)
	}
	if length, lengthErr := k8sops.ParseDuration(text); err != nil && lengthErr == nil {
		at, err = now.Add(length), nil
	}
	if err != nil || !at.After(now) {
		return time.Time{}, &k8sops.Error{
			Code: k8sops.CodeInvalid, Message: messages.New("followup.bad_due", "due", messages.Code(text)), Hint: messages.New("followup.due_hint"), Cause: err,
		}
	}
	return at.UTC(), nil
}
