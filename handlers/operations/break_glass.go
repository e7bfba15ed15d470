package operations

import (
	"context"
	"slices"
	"strings"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// breakGlass is /ops break-glass: what needs a second person, without one, when nobody else is awake.
type breakGlass struct{ control ApprovalControl }

type breakGlassArgs struct{ Call, Reason string }

func (o breakGlass) spec() k8sops.ReadSpec[breakGlassArgs] {
	return k8sops.ReadSpec[breakGlassArgs]{
		Meta: k8sops.Meta{
			Name: "ops break-glass", Summary: messages.New("run.break_glass.summary"), Owners: everyone(),
			Examples: []string{"ops break-glass 57948c3e the DBA cannot be reached"}, Private: true,
		},
		Args: func(a *breakGlassArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "call", Into: &a.Call, Summary: messages.New("run.break_glass.arg.call"), Positional: true, Required: true, Offer: o.offer},
				{Name: "reason", Into: &a.Reason, Summary: messages.New("run.break_glass.arg.reason"), Positional: true, Required: true, Rest: true, Multiline: true},
			}
		},
		Answer: o.answer,
	}
}

func (o breakGlass) answer(ctx context.Context, call *k8sops.Call, args breakGlassArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	waiting, err := o.waitingFor(ctx, call.Source.User)
	if err != nil {
		return nil, err
	}
	waiting = slices.DeleteFunc(waiting, func(r calls.Record) bool { return !strings.HasPrefix(r.ID, args.Call) })
	if len(waiting) != 1 {
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("run.break_glass.unknown", "call", messages.Code(args.Call))}
	}
	if err := o.control.BreakTheGlass(ctx, call.Source.User, waiting[0], args.Reason); err != nil {
		return nil, err
	}
	return &k8sops.Result{Card: messages.Card{
		Tone: messages.ToneWarning, Title: messages.New("run.break_glass.done", "command", messages.Code("/"+waiting[0].Command)),
	}}, nil
}

// waitingFor are the calls of one person that wait for a second one: nobody breaks the glass for somebody else.
func (o breakGlass) waitingFor(ctx context.Context, user string) ([]calls.Record, error) {
	waiting, err := o.control.AwaitingApproval(ctx)
	return slices.DeleteFunc(waiting, func(r calls.Record) bool { return r.Source.User != user }), err
}

func (o breakGlass) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	waiting, err := o.waitingFor(ctx, call.Source.User)
	choices := make([]k8sops.Choice, len(waiting))
	for i, r := range waiting {
		choices[i] = k8sops.Choice{Value: r.ID, Label: messages.Literal("/" + r.Command)}
	}
	return choices, err
}
