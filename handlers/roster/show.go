package roster

import (
	"context"

	"opsbot/escalation/oncall"
	"opsbot/k8sops"
	"opsbot/messages"
)

// show is /oncall.
type show struct{ OnCall }

type onCallShowArgs struct{ Role string }

func (o show) spec() k8sops.ReadSpec[onCallShowArgs] {
	return k8sops.ReadSpec[onCallShowArgs]{
		Meta: k8sops.Meta{
			Name: "oncall", Summary: messages.New("oncall.op.show"), Examples: []string{"oncall", "oncall dba"}, Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args:   func(a *onCallShowArgs) []k8sops.Arg { return []k8sops.Arg{roleArg(&a.Role, false)} },
		Answer: withDirectory(o.OnCall, o.answer),
	}
}

func (o show) answer(_ context.Context, _ *k8sops.Call, args onCallShowArgs, d oncall.Directory) (*k8sops.Result, error) {
	if args.Role == "" {
		return &k8sops.Result{Card: Card(d, oncall.ContactRoles(), o.Now())}, nil
	}
	role, err := roleNamed(args.Role)
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{Card: roleCard(d, role, o.Now())}, nil
}
