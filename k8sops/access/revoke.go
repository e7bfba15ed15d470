package access

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// revoke is /access revoke: an account that /access readonly made is removed, and every token of it is worth nothing.
type revoke struct{ kube.Platform }

type revokeArgs struct{ Name string }

// revokeState is what is removed; nil for what is not there.
type revokeState struct {
	Name    string     `json:"name"`
	Account *types.UID `json:"account,omitempty"`
	Binding *types.UID `json:"binding,omitempty"`
}

type revokeRun = k8sops.Run[revokeArgs, revokeState]

func (o revoke) spec() k8sops.ChangeSpec[revokeArgs, revokeState] {
	return k8sops.ChangeSpec[revokeArgs, revokeState]{
		Meta: k8sops.Meta{
			Name:         "access revoke",
			Summary:      messages.New("k8sops.revoke.summary"),
			Danger:       k8sops.Change,
			Examples:     []string{"access revoke auditor"},
			Access:       slices.Concat(accountAccess("get", "delete"), []k8sops.Access{{Verb: "list", Resource: "serviceaccounts"}}),
			Owners:       owners(),
			FreezeExempt: true,
		},
		Args: func(a *revokeArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "name", Into: &a.Name, Summary: messages.New("k8sops.readonly.arg.name"), Positional: true, Required: true, Offer: o.offer}}
		},
		Plan:   o.plan,
		Steps:  []k8sops.Step[revokeArgs, revokeState]{{Name: "remove", Resume: k8sops.Again, Do: o.remove}},
		Verify: o.verify,
	}
}

func (o revoke) plan(ctx context.Context, call *k8sops.Call, args revokeArgs) (*k8sops.Plan, revokeState, error) {
	var state revokeState
	name, err := accountName(args.Name)
	if err != nil {
		return nil, state, err
	}
	state.Name = name
	account, err := findAccount(ctx, call, name)
	if err != nil {
		return nil, state, err
	}
	binding, err := findBinding(ctx, call, name)
	if err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{Danger: k8sops.Change, Summary: messages.New("k8sops.revoke.plan", "account", messages.Code(name))}
	if binding != nil && isOurs(binding) {
		state.Binding = &binding.UID
		plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: name, Field: "RoleBinding", From: binding.RoleRef.Kind + "/" + binding.RoleRef.Name, To: "–"})
	}
	if account != nil && isOurs(account) {
		state.Account = &account.UID
		plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: name, Field: "ServiceAccount", From: name, To: "–"})
	}
	if len(plan.Changes) == 0 {
		return nil, state, o.unknown(ctx, call, name)
	}
	kube.NotRemade(plan, messages.New("k8sops.revoke.tokens_end"))
	return plan, state, nil
}

func (o revoke) unknown(ctx context.Context, call *k8sops.Call, name string) error {
	ours, err := listAccounts(ctx, call)
	if err != nil {
		return err
	}
	return &k8sops.Error{
		Code: k8sops.CodeNotFound, Message: messages.New("k8sops.revoke.unknown", "account", messages.Code(name), "namespace", messages.Code(call.Namespace)),
		Suggest: kube.WithArg(call, "name", nearest.Names(name, ours)),
	}
}

// remove takes the rights away first.
func (o revoke) remove(ctx context.Context, r *revokeRun) error {
	options := func(uid *types.UID) metav1.DeleteOptions {
		return metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: uid}}
	}
	name := r.State.Name
	if r.State.Binding != nil {
		err := r.Client.Kubernetes.RbacV1().RoleBindings(r.Namespace).Delete(ctx, name, options(r.State.Binding))
		if err != nil && !apierrors.IsNotFound(err) {
			return k8sops.Explain("remove role binding "+name, err)
		}
	}
	if r.State.Account != nil {
		err := r.Client.Kubernetes.CoreV1().ServiceAccounts(r.Namespace).Delete(ctx, name, options(r.State.Account))
		if err != nil && !apierrors.IsNotFound(err) {
			return k8sops.Explain("remove service account "+name, err)
		}
	}
	return nil
}

func (o revoke) verify(ctx context.Context, r *revokeRun) (*k8sops.Verification, error) {
	account, err := findAccount(ctx, r.Call, r.State.Name)
	if err != nil {
		return nil, err
	}
	if account != nil && r.State.Account != nil && account.UID == *r.State.Account {
		return &k8sops.Verification{Summary: messages.New("k8sops.revoke.there", "account", messages.Code(r.State.Name))}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.revoke.done", "account", messages.Code(r.State.Name))}, nil
}

// listAccounts are the names of those that opsbot made.
func listAccounts(ctx context.Context, call *k8sops.Call) ([]string, error) {
	list, err := call.Client.Kubernetes.CoreV1().ServiceAccounts(call.Namespace).List(ctx, metav1.ListOptions{LabelSelector: madeFor + "=" + readOnly})
	if err != nil {
		return nil, k8sops.Explain("list service accounts in "+call.Namespace, err)
	}
	var names []string
	for _, a := range list.Items {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return names, nil
}

func (o revoke) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	names, err := listAccounts(ctx, call)
	return k8sops.Choices(names...), err
}
