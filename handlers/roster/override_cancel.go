package roster

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/k8sops"
	"opsbot/messages"
)

// onCallCancel is /oncall override cancel.
type onCallCancel struct{ OnCall }

type cancelArgs struct{ Number string }

func (o onCallCancel) spec() k8sops.ReadSpec[cancelArgs] {
	return k8sops.ReadSpec[cancelArgs]{
		Meta: k8sops.Meta{
			Name: "oncall override cancel", Summary: messages.New("oncall.op.cancel"), Examples: []string{"oncall override cancel 3"}, Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *cancelArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "number", Into: &a.Number, Summary: messages.New("oncall.arg.number"), Positional: true, Required: true}}
		},
		Answer: withDirectory(o.OnCall, o.answer),
	}
}

func (o onCallCancel) answer(ctx context.Context, call *k8sops.Call, args cancelArgs, d oncall.Directory) (*k8sops.Result, error) {
	if err := mustBeContact(d, call); err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(strings.TrimPrefix(args.Number, "#"), 10, 64)
	if err != nil {
		return nil, noOverride(args.Number, err)
	}
	now := o.Now()
	cancelled, err := o.Overrides.CancelOverride(ctx, number, call.Source.User, now, auditEvent(call, "override cancelled", now))
	if errors.Is(err, incident.ErrNotFound) {
		return nil, noOverride(args.Number, err)
	}
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{
		Card: messages.Card{Tone: messages.ToneGood, Title: messages.New("oncall.cancelled", "number", cancelled.Number, "role", cancelled.Role.Text(),
			"who", personName(d, cancelled.User))},
		Suggest: []string{"oncall " + string(cancelled.Role)},
	}, nil
}

func cancelLine(o oncall.Override) string {
	return "oncall override cancel " + strconv.FormatInt(o.Number, 10)
}

func noOverride(number string, cause error) error {
	return &k8sops.Error{
		Code: k8sops.CodeNotFound, Message: messages.New("oncall.no_override", "number", messages.Code(number)), Suggest: []string{"oncall"}, Cause: cause,
	}
}
