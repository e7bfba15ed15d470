package access

import (
	"context"
	"slices"
	"strings"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// readonly is /access readonly (handbook: 创建只读用户): a service account that may look, and a token for it that is shown once, to the person who
// asked.
type readonly struct{ kube.Platform }

type readonlyArgs struct {
	Name string
	For  time.Duration
}

// readonlyState is what there is to do. The token is not in it: it is asked for when it is shown.
type readonlyState struct {
	Account     string `json:"account"`
	MakeAccount bool   `json:"make_account,omitempty"`
	MakeBinding bool   `json:"make_binding,omitempty"`
}

type readonlyRun = k8sops.Run[readonlyArgs, readonlyState]

func (o readonly) spec() k8sops.ChangeSpec[readonlyArgs, readonlyState] {
	return k8sops.ChangeSpec[readonlyArgs, readonlyState]{
		Meta: k8sops.Meta{
			Name:     "access readonly",
			Summary:  messages.New("k8sops.readonly.summary"),
			Danger:   k8sops.Change,
			Examples: []string{"access readonly auditor", "access readonly auditor --for 8h"},
			Access: slices.Concat(bookAccess(), accountAccess("get", "create", "delete"), []k8sops.Access{
				{Verb: "create", Resource: "serviceaccounts", Subresource: "token"},
				{Verb: "bind", Group: rbacv1.GroupName, Resource: "clusterroles", Name: viewRole},
			}),
			Owners:       owners(),
			FreezeExempt: true,
		},
		Args: func(a *readonlyArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "name", Into: &a.Name, Summary: messages.New("k8sops.readonly.arg.name"), Positional: true, Required: true},
				{Name: "for", Into: &a.For, Summary: messages.New("k8sops.readonly.arg.for"), Default: "1h"},
			}
		},
		Plan: o.plan,
		Steps: []k8sops.Step[readonlyArgs, readonlyState]{
			{Name: "account", Resume: k8sops.Again, Do: o.makeAccount}, {Name: "binding", Resume: k8sops.Again, Do: o.makeBinding},
		},
		Verify: o.verify,
		Reveal: o.reveal,
		Undo: func(r *readonlyRun) *k8sops.Invocation {
			return revoke(o).spec().Invoke(revokeArgs{Name: r.State.Account})
		},
	}
}

// accountAccess is for service accounts and their bindings.
func accountAccess(verbs ...string) []k8sops.Access {
	var access []k8sops.Access
	for _, verb := range verbs {
		access = append(access, k8sops.Access{Verb: verb, Resource: "serviceaccounts"}, k8sops.Access{Verb: verb, Group: rbacv1.GroupName, Resource: "rolebindings"})
	}
	return access
}

// How long a token may hold; the API server gives none for less than ten minutes.
const (
	shortestToken = 10 * time.Minute
	longestToken  = 24 * time.Hour
)

func (o readonly) plan(ctx context.Context, call *k8sops.Call, args readonlyArgs) (*k8sops.Plan, readonlyState, error) {
	var state readonlyState
	if args.For < shortestToken || args.For > longestToken {
		return nil, state, k8sops.Invalid(messages.New("k8sops.readonly.bad_time", "min", shortestToken, "max", longestToken))
	}
	name, err := accountName(args.Name)
	if err != nil {
		return nil, state, err
	}
	state.Account = name
	if err := o.compare(ctx, call, &state); err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Change, Summary: messages.New("k8sops.readonly.again", "account", messages.Code(name), "for", args.For)}
	if state.MakeAccount {
		plan.Summary = messages.New("k8sops.readonly.plan", "account", messages.Code(name), "for", args.For)
		plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: name, Field: "ServiceAccount", From: "–", To: name})
		if err := createAccount(ctx, call, name, metav1.DryRunAll); err != nil {
			return nil, state, k8sops.Explain("dry run of making service account "+name, err)
		}
	}
	if state.MakeBinding {
		plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: name, Field: "RoleBinding", From: "–", To: "ClusterRole/" + viewRole})
		if err := createBinding(ctx, call, name, metav1.DryRunAll); err != nil {
			return nil, state, k8sops.Explain("dry run of making role binding "+name, err)
		}
	}
	return plan, state, nil
}

// compare finds out what there is, and refuses an account that is somebody else's or may do more than look.
func (o readonly) compare(ctx context.Context, call *k8sops.Call, state *readonlyState) error {
	account, err := findAccount(ctx, call, state.Account)
	if err != nil {
		return err
	}
	binding, err := findBinding(ctx, call, state.Account)
	if err != nil {
		return err
	}
	if account != nil && !isOurs(account) || binding != nil && (!isOurs(binding) || !bindsView(binding, state.Account)) {
		return &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.readonly.not_ours", "account", messages.Code(state.Account)), Hint: messages.New("k8sops.readonly.other_name")}
	}
	b, err := readBook(ctx, call)
	if err != nil {
		return err
	}
	var others []string
	for _, g := range b.of(subject{rbacv1.ServiceAccountKind, call.Namespace, state.Account}) {
		if g.binding != state.Account && g.role.Name != viewRole {
			others = append(others, g.role.Name)
		}
	}
	if len(others) > 0 {
		return &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.readonly.more", "account", messages.Code(state.Account), "roles", messages.Code(strings.Join(others, ", "))),
			Suggest: []string{"access " + state.Account}}
	}
	state.MakeAccount, state.MakeBinding = account == nil, binding == nil
	return nil
}

func (o readonly) makeAccount(ctx context.Context, r *readonlyRun) error {
	if !r.State.MakeAccount {
		return nil
	}
	err := createAccount(ctx, r.Call, r.State.Account)
	if apierrors.IsAlreadyExists(err) && r.Resumed {
		return nil
	}
	return k8sops.Explain("make service account "+r.State.Account, err)
}

func (o readonly) makeBinding(ctx context.Context, r *readonlyRun) error {
	if !r.State.MakeBinding {
		return nil
	}
	err := createBinding(ctx, r.Call, r.State.Account)
	if apierrors.IsAlreadyExists(err) && r.Resumed {
		return nil
	}
	return k8sops.Explain("make role binding "+r.State.Account, err)
}

// verify makes sure that both are there. Whether the token works is tried before it is shown.
func (o readonly) verify(ctx context.Context, r *readonlyRun) (*k8sops.Verification, error) {
	account, err := findAccount(ctx, r.Call, r.State.Account)
	if err != nil {
		return nil, err
	}
	binding, err := findBinding(ctx, r.Call, r.State.Account)
	if err != nil {
		return nil, err
	}
	if account == nil || !bindsView(binding, r.State.Account) {
		return &k8sops.Verification{Summary: messages.New("k8sops.readonly.changed", "account", messages.Code(r.State.Account))}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.readonly.done", "account", messages.Code(r.State.Account), "namespace", messages.Code(r.Namespace))}, nil
}
