package roster

import (
	"context"
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/oncall"
	"opsbot/handlers/audit"
	"opsbot/k8sops"
	"opsbot/messages"
)

// OnCall is what the operations on who is on call work with.
type OnCall struct {
	Directories oncall.Directories
	Overrides   OverrideStore
	// Zone is the time zone in which a person reads clocks.
	Zone func(ctx context.Context, slackUser string) *time.Location
	// Keys are those to the calendars, which are served below PublicURL; "" where nothing is served to the outside.
	Keys      *FeedKeys
	PublicURL string
	Now       func() time.Time
}

// Operations show who is on call, and let people of the contact table stand in for each other.
func (o OnCall) Operations() []k8sops.Operation {
	return []k8sops.Operation{
		show{o}.spec().Operation(),
		onCallOverride{o}.spec().Operation(),
		onCallCancel{o}.spec().Operation(),
		feed{o}.spec().Operation(),
		feedRevoke{o}.spec().Operation(),
	}
}

// withDirectory is the Answer of an operation that reads who is on call.
func withDirectory[A any](o OnCall, answer func(context.Context, *k8sops.Call, A, oncall.Directory) (*k8sops.Result, error)) func(context.Context, *k8sops.Call, A, k8sops.Progress) (*k8sops.Result, error) {
	return func(ctx context.Context, call *k8sops.Call, args A, _ k8sops.Progress) (*k8sops.Result, error) {
		directory, err := o.Directories.Directory(ctx)
		if err != nil {
			return nil, err
		}
		return answer(ctx, call, args, directory)
	}
}

// mustBeContact refuses changes by whoever is not paged themselves.
func mustBeContact(d oncall.Directory, call *k8sops.Call) error {
	if _, ok := d.BySlack(call.Source.User); ok {
		return nil
	}
	return &k8sops.Error{Code: k8sops.CodeForbidden, Message: messages.New("oncall.forbidden", "user", messages.User(call.Source.User))}
}

// roleArg is a contact role in any of the ways that people write it.
func roleArg(into *string, required bool) k8sops.Arg {
	return k8sops.Arg{Name: "role", Into: into, Summary: messages.New("oncall.arg.role"), Positional: true, Required: required}
}

func roleNamed(name string) (oncall.Role, error) {
	if role, ok := oncall.ParseRole(name); ok {
		return role, nil
	}
	return "", &k8sops.Error{
		Code: k8sops.CodeInvalid, Message: messages.New("oncall.not_a_role", "role", messages.Code(name), "roles", strings.Join(RoleNames(), ", ")),
	}
}

// RoleNames are the contact roles, as people type them.
func RoleNames() []string {
	var names []string
	for _, role := range oncall.ContactRoles() {
		names = append(names, string(role))
	}
	return names
}

// OverrideStore keeps the overrides of who is on call, each change together with its audit event.
type OverrideStore interface {
	// AddOverride gives the override its number; account makes the audit event of what is stored.
	AddOverride(ctx context.Context, o oncall.Override, account func(oncall.Override) audit.Event) (oncall.Override, error)
	// CancelOverride is incident.ErrNotFound where no override of that number is to come or under way at the given time.
	CancelOverride(ctx context.Context, number int64, by string, at time.Time, account func(oncall.Override) audit.Event) (oncall.Override, error)
}

// auditEvent makes the audit event of a change of who is on call. The command says it in words, the details in full.
func auditEvent(call *k8sops.Call, action string, at time.Time) func(oncall.Override) audit.Event {
	return func(o oncall.Override) audit.Event {
		return audit.Event{
			At: at.UTC(), Action: action, Call: call.ID, Actor: call.Source.User, User: call.Identity.User, Command: k8sops.Canonical(call.Operation, call.Args),
			Cluster: call.Cluster, Namespace: call.Namespace, Incident: call.Source.Incident, Details: map[string]string{
				"override": strconv.FormatInt(o.Number, 10), "role": string(o.Role), "stand_in": o.User,
				"from": o.From.UTC().Format(time.RFC3339), "until": o.Until.UTC().Format(time.RFC3339),
			},
		}
	}
}
