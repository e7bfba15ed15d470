package operations

import (
	"context"
	"slices"
	"strings"

	"opsbot/handlers/calls"
	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// ApprovalControl is the pipeline's say in calls that wait for a second person.
type ApprovalControl interface {
	// ToApprove are those that a person may approve, oldest first.
	ToApprove(ctx context.Context, user string) ([]calls.Record, error)
	// AwaitingApproval are all of them, oldest first.
	AwaitingApproval(ctx context.Context) ([]calls.Record, error)
	// BreakTheGlass runs one of them for the person who asked for it, without a second one.
	BreakTheGlass(ctx context.Context, user string, r calls.Record, reason string) error
}

// ApprovalOperations are the operations on calls that wait for a second person.
func ApprovalOperations(control ApprovalControl) []k8sops.Operation {
	return []k8sops.Operation{approvals{control}.spec().Operation(), breakGlass{control}.spec().Operation()}
}

// approvals is /ops approvals: what waits for me, and the plan of one of them, far away from the channel where it was made.
type approvals struct{ control ApprovalControl }

type approvalsArgs struct{ Call string }

func (o approvals) spec() k8sops.ReadSpec[approvalsArgs] {
	return k8sops.ReadSpec[approvalsArgs]{
		Meta: k8sops.Meta{
			Name: "ops approvals", Summary: messages.New("run.approvals.summary"), Owners: everyone(),
			Examples: []string{"ops approvals", "ops approvals 57948c3e"}, Private: true,
		},
		Args: func(a *approvalsArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "call", Into: &a.Call, Summary: messages.New("run.approvals.arg.call"), Positional: true}}
		},
		Answer: o.answer,
	}
}

func (o approvals) answer(ctx context.Context, call *k8sops.Call, args approvalsArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	mine, err := o.control.ToApprove(ctx, call.Source.User)
	if err != nil {
		return nil, err
	}
	if args.Call == "" {
		return o.list(mine), nil
	}
	mine = slices.DeleteFunc(mine, func(r calls.Record) bool { return !strings.HasPrefix(r.ID, args.Call) })
	if len(mine) != 1 {
		return nil, &k8sops.Error{
			Code: k8sops.CodeNotFound, Message: messages.New("run.approvals.unknown", "call", messages.Code(args.Call)), Suggest: []string{"ops approvals"},
		}
	}
	card := calls.PlanCard(mine[0], false)
	// The glass is broken by whoever asked, and that is somebody else.
	card.Actions = slices.DeleteFunc(card.Actions, func(a messages.Action) bool { return a.Name == calls.ActionForm })
	return &k8sops.Result{Card: card}, nil
}

func (o approvals) list(mine []calls.Record) *k8sops.Result {
	if len(mine) == 0 {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneGood, Title: messages.New("run.approvals.none")}}
	}
	result := &k8sops.Result{Card: messages.Card{Tone: messages.ToneWarning, Title: messages.New("run.approvals.title", "count", len(mine))}}
	for _, r := range mine {
		result.Card.Sections = append(result.Card.Sections, messages.Paragraph(WaitingLine(r)))
		if len(result.Suggest) < nearest.Max {
			result.Suggest = append(result.Suggest, "ops approvals "+r.ID)
		}
	}
	return result
}

// WaitingLine is what waits for a second person, in one line.
func WaitingLine(r calls.Record) messages.Text {
	return messages.New("run.approvals.line", "command", messages.Code("/"+r.Command), "user", messages.User(r.Source.User), "plan", r.Plan.Summary, "until", r.ExpiresAt)
}
