package operations

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/messages"
)

// OnCall is what the operations on who is on call work with.
type OnCall struct {
	Directories oncall.Directories
	StandIns    StandIns
	// Zone is the time zone in which a person reads clocks.
	Zone func(ctx context.Context, slackUser string) *time.Location
	Now  func() time.Time
}

// Operations show who is on call, and let people of the contact table stand in for each other. To the access gate they
// are reads that need no right in Kubernetes, like those on incidents.
func (o OnCall) Operations() []k8sops.Operation {
	arg := func(name string, summary messages.Text, required, rest bool) k8sops.Arg {
		return k8sops.Arg{Name: name, Summary: summary, Kind: k8sops.KindString, Positional: true, Required: required, Rest: rest}
	}
	return []k8sops.Operation{
		o.operation("oncall", messages.New("oncall.op.show"), o.show, []string{"oncall", "oncall dba"},
			arg("role", messages.New("oncall.arg.role"), false, false)),
		o.operation("oncall override", messages.New("oncall.op.override"), o.override,
			[]string{"oncall override dba @wangwu until 18:00", "oncall override dba @wangwu until Mon 09:00 from Sat 09:00"},
			arg("role", messages.New("oncall.arg.role"), true, false), arg("person", messages.New("oncall.arg.person"), true, false),
			arg("period", messages.New("oncall.arg.period"), true, true)),
		o.operation("oncall override cancel", messages.New("oncall.op.cancel"), o.cancel, []string{"oncall override cancel 3"},
			arg("number", messages.New("oncall.arg.number"), true, false)),
	}
}

type onCallRun func(context.Context, *k8sops.Call, oncall.Directory) (*k8sops.Result, error)

func (o OnCall) operation(name string, summary messages.Text, run onCallRun, examples []string, args ...k8sops.Arg) k8sops.Operation {
	return k8sops.Operation{
		Meta: k8sops.Meta{Name: name, Summary: summary, Danger: k8sops.Read, Examples: examples, Owners: []k8sops.Role{k8sops.Everyone}},
		Args: args,
		Answer: func(ctx context.Context, call *k8sops.Call, _ k8sops.Progress) (*k8sops.Result, error) {
			directory, err := o.Directories.Directory(ctx)
			if err != nil {
				return nil, err
			}
			return run(ctx, call, directory)
		},
	}
}

func (o OnCall) show(_ context.Context, call *k8sops.Call, d oncall.Directory) (*k8sops.Result, error) {
	if call.Args["role"] == "" {
		return &k8sops.Result{Card: onCallCard(d, oncall.ContactRoles(), o.Now())}, nil
	}
	role, err := roleNamed(call.Args["role"])
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{Card: roleCard(d, role, o.Now())}, nil
}

func (o OnCall) override(ctx context.Context, call *k8sops.Call, d oncall.Directory) (*k8sops.Result, error) {
	if err := mustBeContact(d, call); err != nil {
		return nil, err
	}
	role, err := roleNamed(call.Args["role"])
	if err != nil {
		return nil, err
	}
	user, err := mentionedUser(call.Args["person"])
	if err != nil {
		return nil, err
	}
	if c, ok := d.BySlack(user); !ok || !c.Reachable() {
		return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("oncall.not_a_contact", "user", messages.User(user))}
	}
	now := o.Now()
	from, until, err := parsePeriod(call.Args["period"], now.In(o.Zone(ctx, call.Source.User)))
	if err != nil {
		return nil, err
	}
	made := oncall.Override{Role: role, User: user, By: call.Source.User, From: from.UTC(), Until: until.UTC(), MadeAt: now.UTC()}
	made, err = o.StandIns.AddOverride(ctx, made, account(call, "override made", now))
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{
		Card: messages.Card{Tone: messages.ToneGood, Title: messages.New("oncall.made", "user", messages.User(user), "role", role.Text(),
			"from", messages.Date(made.From), "until", messages.Date(made.Until))},
		Suggest: []string{cancelLine(made), "oncall " + string(role)},
	}, nil
}

func (o OnCall) cancel(ctx context.Context, call *k8sops.Call, d oncall.Directory) (*k8sops.Result, error) {
	if err := mustBeContact(d, call); err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(strings.TrimPrefix(call.Args["number"], "#"), 10, 64)
	if err != nil {
		return nil, noOverride(call, err)
	}
	now := o.Now()
	cancelled, err := o.StandIns.CancelOverride(ctx, number, call.Source.User, now, account(call, "override cancelled", now))
	if errors.Is(err, incident.ErrNotFound) {
		return nil, noOverride(call, err)
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

func noOverride(call *k8sops.Call, cause error) error {
	return &k8sops.Error{
		Code: k8sops.CodeNotFound, Message: messages.New("oncall.no_override", "number", messages.Code(call.Args["number"])), Suggest: []string{"oncall"}, Cause: cause,
	}
}

// mustBeContact refuses changes by whoever is not paged themselves.
func mustBeContact(d oncall.Directory, call *k8sops.Call) error {
	if _, ok := d.BySlack(call.Source.User); ok {
		return nil
	}
	return &k8sops.Error{Code: k8sops.CodeForbidden, Message: messages.New("oncall.forbidden", "user", messages.User(call.Source.User))}
}

func roleNamed(name string) (oncall.Role, error) {
	if role, ok := oncall.ParseRole(name); ok {
		return role, nil
	}
	var roles []string
	for _, role := range oncall.ContactRoles() {
		roles = append(roles, string(role))
	}
	return "", &k8sops.Error{
		Code: k8sops.CodeInvalid, Message: messages.New("oncall.not_a_role", "role", messages.Code(name), "roles", strings.Join(roles, ", ")),
	}
}

// account makes the audit event of a change of who is on call. The command says it in words, the details in full.
func account(call *k8sops.Call, action string, at time.Time) func(oncall.Override) handlers.AuditEvent {
	return func(o oncall.Override) handlers.AuditEvent {
		return handlers.AuditEvent{
			At: at.UTC(), Action: action, Call: call.ID, Actor: call.Source.User, User: call.Identity.User, Command: k8sops.Canonical(call.Operation, call.Args),
			Cluster: call.Cluster, Namespace: call.Namespace, Incident: call.Source.Incident, Details: map[string]string{
				"override": strconv.FormatInt(o.Number, 10), "role": string(o.Role), "stand_in": o.User,
				"from": o.From.UTC().Format(time.RFC3339), "until": o.Until.UTC().Format(time.RFC3339),
			},
		}
	}
}
