package runbooks

import (
	"context"

	"opsbot/k8sops"
	"opsbot/messages"
)

const stopName = "emergency stop"

// stop is /emergency stop: nothing more comes of a run. What its steps did stays, and a call that is under way goes on.
type stop struct{ *catalogue }

type stopArgs struct{ Run int }

func (o stop) spec() k8sops.ReadSpec[stopArgs] {
	return k8sops.ReadSpec[stopArgs]{
		Meta: k8sops.Meta{
			Name: stopName, Summary: messages.New("k8sops.runbooks.stop.summary"), Examples: []string{"emergency stop 12"}, Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *stopArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "run", Into: &a.Run, Summary: messages.New("k8sops.runbooks.arg.run"), Positional: true, Required: true, Min: 1, Max: most}}
		},
		Answer: o.answer,
	}
}

func (o stop) answer(ctx context.Context, call *k8sops.Call, args stopArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	r, err := o.openRun(ctx, call, args.Run)
	if err != nil {
		return nil, err
	}
	i := r.Current()
	if i >= 0 && call.Source.User != r.User { // whoever began it may end it: stopping is never the dangerous choice
		if err := o.mayDecide(ctx, call, r, i); err != nil {
			return nil, err
		}
	}
	if _, err := o.Runs.UpdateRun(ctx, r.Stop(call.Source.User, call.Now)); err != nil {
		return nil, concurrently(err)
	}
	card := messages.Card{Tone: messages.ToneWarning, Title: messages.New("k8sops.runbooks.stop.done", "number", r.Number, "user", messages.User(call.Source.User))}
	if i >= 0 && r.Steps[i].State == Running {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.runbooks.stop.goes_on", "line", messages.Code("/"+r.Steps[i].Line), "call", messages.Code(r.CallID(i)))))
	}
	return &k8sops.Result{Card: card}, nil
}
