package operations

import (
	"context"
	"strconv"
	"strings"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/messages"
)

// FollowUps is what the operations on follow-ups of incidents work with.
type FollowUps struct {
	Incidents  handlers.Incidents
	Assignable Assignable
	// Zone is the time zone in which a person reads clocks.
	Zone func(ctx context.Context, slackUser string) *time.Location
	Now  func() time.Time
}

// Operations keep the list of what is to be done after an incident.
func (o FollowUps) Operations() []k8sops.Operation {
	incident := k8sops.Arg{Name: "incident", Summary: messages.New("incident.arg.incident"), Kind: k8sops.KindString, Positional: true}
	number := k8sops.Arg{Name: "number", Summary: messages.New("followup.arg.number"), Kind: k8sops.KindInt, Min: 1, Max: 1000, Positional: true, Required: true}
	return []k8sops.Operation{
		incidentOperation("incident followup add", messages.New("followup.op.add"), o.add,
			[]string{"incident followup add INC-12 alert on the growth of the WAL owner=@dba due=2026-03-09", "incident followup add write a runbook due=fri"},
			k8sops.Arg{Name: "text", Summary: messages.New("followup.arg.text"), Kind: k8sops.KindString, Positional: true, Required: true, Rest: true},
			k8sops.Arg{Name: "owner", Summary: messages.New("followup.arg.owner"), Kind: k8sops.KindString},
			k8sops.Arg{Name: "due", Summary: messages.New("followup.arg.due"), Kind: k8sops.KindString}),
		incidentOperation("incident followup done", messages.New("followup.op.done"), o.done, []string{"incident followup done 2 INC-12"}, number, incident),
		incidentOperation("incident followup list", messages.New("followup.op.list"), o.list, []string{"incident followup list", "incident followup list INC-12"}, incident),
	}
}

func (o FollowUps) add(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	words, owner, due := withoutPairs(call)
	number, text, err := addressed(call, words)
	if err != nil {
		return messages.Card{}, err
	}
	f := incident.FollowUp{Text: text, Owner: call.Source.User}
	if owner != "" {
		if f.Owner, err = mentionedUser(owner); err != nil {
			return messages.Card{}, err
		}
		if err := o.Assignable(ctx, f.Owner); err != nil {
			return messages.Card{}, err
		}
	}
	if due != "" {
		if f.DueAt, err = parseDue(due, o.Now().In(o.Zone(ctx, call.Source.User))); err != nil {
			return messages.Card{}, err
		}
	}
	return o.act(ctx, number, escalation.Action{Kind: escalation.AddFollowUp, Actor: call.Source.User, FollowUp: f})
}

// withoutPairs takes owner=… and due=… out of the text, where people write them without hyphens.
func withoutPairs(call *k8sops.Call) (text, owner, due string) {
	owner, due = call.Args["owner"], call.Args["due"]
	var words []string
	for word := range strings.FieldsSeq(call.Args["text"]) {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case value != "" && strings.EqualFold(name, "owner"):
			owner = value
		case value != "" && strings.EqualFold(name, "due"):
			due = value
		default:
			words = append(words, word)
		}
	}
	return strings.Join(words, " "), owner, due
}

// endOfWork is when what is due on a day is due.
const endOfWork = "18:00"

// parseDue reads a day ("2026-03-09", "fri", "tomorrow"), a moment or how long it may take ("3d", "2w"), with now in the zone of the
// person who wrote it.
func parseDue(text string, now time.Time) (time.Time, error) {
	at, err := oncall.ParseTime(text+" "+endOfWork, now)
	if err != nil {
		at, err = oncall.ParseTime(text, now)
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

func (o FollowUps) done(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	number, err := numberOf(call)
	if err != nil {
		return messages.Card{}, err
	}
	which, err := strconv.Atoi(call.Args["number"])
	if err != nil {
		return messages.Card{}, err
	}
	return o.act(ctx, number, escalation.Action{Kind: escalation.FinishFollowUp, Actor: call.Source.User, FollowUp: incident.FollowUp{Number: which}})
}

func (o FollowUps) act(ctx context.Context, number int64, a escalation.Action) (messages.Card, error) {
	inc, err := o.Incidents.Act(ctx, number, a)
	if err != nil {
		return messages.Card{}, err
	}
	card := messages.Card{Tone: messages.ToneGood, Title: messages.New("followup.title", "incident", incident.Label(number))}
	card.Sections = []messages.Section{{List: checked(inc)}}
	return card, nil
}

func checked(inc incident.Incident) []messages.Text {
	var lines []messages.Text
	for _, f := range inc.FollowUps {
		lines = append(lines, f.Checked())
	}
	return lines
}

// list shows those of one incident or, where none is meant, what is open of all.
func (o FollowUps) list(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	if call.Args["incident"] == "" && call.Source.Incident == "" {
		return o.listOpen(ctx)
	}
	number, err := numberOf(call)
	if err != nil {
		return messages.Card{}, err
	}
	inc, err := o.Incidents.Incident(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	if len(inc.FollowUps) == 0 {
		return messages.Card{Tone: messages.ToneInfo, Title: messages.New("followup.none", "incident", incident.Label(number))}, nil
	}
	return messages.Card{
		Title: messages.New("followup.title", "incident", incident.Label(number)), Sections: []messages.Section{{List: checked(inc)}},
	}, nil
}
