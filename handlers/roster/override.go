package roster

import (
	"context"

	"opsbot/escalation/oncall"
	"opsbot/k8sops"
	"opsbot/messages"
)

// onCallOverride is /oncall override.
type onCallOverride struct{ OnCall }

type overrideArgs struct {
	Role   string
	Person k8sops.Person
	Period string
}

func (o onCallOverride) spec() k8sops.ReadSpec[overrideArgs] {
	return k8sops.ReadSpec[overrideArgs]{
		Meta: k8sops.Meta{
			Name: "oncall override", Summary: messages.New("oncall.op.override"),
			Examples: []string{"oncall override dba @wangwu until 18:00", "oncall override dba @wangwu until Mon 09:00 from Sat 09:00"},
			Owners:   []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *overrideArgs) []k8sops.Arg {
			return []k8sops.Arg{
				roleArg(&a.Role, true),
				{Name: "person", Into: &a.Person, Summary: messages.New("oncall.arg.person"), Positional: true, Required: true},
				{Name: "period", Into: &a.Period, Summary: messages.New("oncall.arg.period"), Positional: true, Required: true, Rest: true},
			}
		},
		Answer: withDirectory(o.OnCall, o.answer),
	}
}

func (o onCallOverride) answer(ctx context.Context, call *k8sops.Call, args overrideArgs, d oncall.Directory) (*k8sops.Result, error) {
	if err := mustBeContact(d, call); err != nil {
		return nil, err
	}
	role, err := roleNamed(args.Role)
	if err != nil {
		return nil, err
	}
	user, err := MentionedUser(args.Person)
	if err != nil {
		return nil, err
	}
	if c, ok := d.BySlack(user); !ok || !c.Reachable() {
		return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("oncall.not_a_contact", "user", messages.User(user))}
	}
	now := o.Now()
	from, until, err := parsePeriod(args.Period, now.In(o.Zone(ctx, call.Source.User)))
	if err != nil {
		return nil, err
	}
	made := oncall.Override{Role: role, User: user, By: call.Source.User, From: from.UTC(), Until: until.UTC(), MadeAt: now.UTC()}
	made, err = o.Overrides.AddOverride(ctx, made, auditEvent(call, "override made", now))
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{
		Card: messages.Card{Tone: messages.ToneGood, Title: messages.New("oncall.made", "user", messages.User(user), "role", role.Text(),
			"from", messages.Date(made.From), "until", messages.Date(made.Until))},
		Suggest: []string{cancelLine(made), "oncall " + string(role)},
	}, nil
}
