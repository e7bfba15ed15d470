package secrets

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// rotate is /secret rotate (handbook: 密码轮换): a new value for one key of a Secret. Where it is a role's password in the database, the
// role gets it first; then the Secret and every key that holds the password inside something longer; then what reads them is
// restarted; and a login proves it. The old value is kept for undo.
type rotate struct{ kube.Platform }

type rotateArgs struct {
	Name, Key      string
	Value          k8sops.Secret
	Role, Previous string
}

// rotateState has names only.
type rotateState struct {
	Secret string `json:"secret"`
	Key    string `json:"key"`
	// Role has the password in the database, "" for none; Host is where a login proves it, "" where none can.
	Role string `json:"role,omitempty"`
	Host string `json:"host,omitempty"`
	// Kept is the Secret with the old and the new value; From the one of an earlier rotation whose old value comes back.
	Kept string `json:"kept"`
	From string `json:"from,omitempty"`
	// Changes are the keys that change, that of the call first.
	Changes []ref `json:"changes"`
	// Restart are the targets that are restarted; Running those of them that Kubernetes does not let the person
	// restart, and Refusal is why.
	Restart []k8sops.Target `json:"restart,omitempty"`
	Running []string        `json:"running,omitempty"`
	Refusal messages.Text   `json:"refusal,omitzero"`
}

// ref is a key of a Secret.
type ref struct {
	Secret string `json:"secret"`
	Key    string `json:"key"`
}

func (r ref) String() string { return r.Secret + "/" + r.Key }

type rotateRun = k8sops.Run[rotateArgs, rotateState]

func (o rotate) spec() k8sops.ChangeSpec[rotateArgs, rotateState] {
	return k8sops.ChangeSpec[rotateArgs, rotateState]{
		Meta: k8sops.Meta{
			Name:     "secret rotate",
			Aliases:  []string{"rotate secret"},
			Summary:  messages.New("k8sops.secret.summary"),
			Danger:   k8sops.Destructive,
			Examples: []string{"secret rotate postgres-secret password", "secret rotate postgres-secret password --value", "secret rotate jwt-secret key --role none"},
			Access:   rotateAccess(),
			// The second person that it needs is found among two roles: a contact table may have one person of each.
			Owners: []k8sops.Role{k8sops.System, k8sops.DBA},
		},
		Args: func(a *rotateArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "name", Into: &a.Name, Summary: messages.New("k8sops.secret.arg.name"), Positional: true, Required: true, Offer: offerNames},
				{Name: "key", Into: &a.Key, Summary: messages.New("k8sops.secret.arg.key"), Positional: true, Required: true, Offer: offerKeys, OfferNeeds: "name"},
				{Name: "value", Into: &a.Value, Summary: messages.New("k8sops.secret.arg.value"), Multiline: true},
				{Name: "role", Into: &a.Role, Summary: messages.New("k8sops.secret.arg.role")},
				{Name: "previous", Into: &a.Previous, Summary: messages.New("k8sops.secret.arg.previous"), Offer: offerVersions, OfferNeeds: "name"},
			}
		},
		Plan: o.plan,
		// Every step looks at what is there: whatever was done before a stop is not done again, and the values are in the cluster.
		Steps: []k8sops.Step[rotateArgs, rotateState]{
			{Name: "keep old and new value", Resume: k8sops.Again, Do: o.keep},
			{Name: "database role", Resume: k8sops.Again, Do: o.setRole},
			{Name: "secret", Resume: k8sops.Again, Do: o.setSecret},
			{Name: "restart services", Resume: k8sops.Again, Do: o.restart},
		},
		Verify: o.verify,
		Report: o.report,
		Undo:   func(r *rotateRun) *k8sops.Invocation { return o.back(r) },
	}
}

// back is the call that puts the old value back.
func (o rotate) back(r *rotateRun) *k8sops.Invocation {
	role := r.State.Role
	if role == "" {
		role = noRole
	}
	return o.spec().Invoke(rotateArgs{Name: r.State.Secret, Key: r.State.Key, Role: role, Previous: versionOf(r.Call)})
}

func rotateAccess() []k8sops.Access {
	access := []k8sops.Access{{Verb: "list", Resource: "pods"}, {Verb: "list", Resource: "configmaps", Optional: true}}
	access = append(access, kube.RestartAnyAccess()...)
	for _, verb := range []string{"get", "list", "create", "patch", "delete"} {
		access = append(access, k8sops.Access{Verb: verb, Resource: "secrets"})
	}
	return slices.Concat(kube.ExecAccess(false), kube.ListWorkloads(), access, rollout.Access())
}

func (o rotate) plan(ctx context.Context, call *k8sops.Call, args rotateArgs) (*k8sops.Plan, rotateState, error) {
	state := rotateState{Secret: args.Name, Key: args.Key, Kept: keptName(args.Name, versionOf(call))}
	all, err := list(ctx, call)
	if err != nil {
		return nil, state, err
	}
	s, err := find(call, all, args.Name)
	if err != nil {
		return nil, state, err
	}
	value, err := valueOf(s, args.Key)
	if err != nil {
		return nil, state, err
	}
	if err := checkNew(ctx, call, args, &state, value); err != nil {
		return nil, state, err
	}
	state.Changes = changesOf(all, ref{s.Name, args.Key}, value)
	readers, err := users(ctx, call, secretsOf(state.Changes))
	if err != nil {
		return nil, state, err
	}
	if state.Role, state.Host, err = o.databaseRole(ctx, call, args.Role, s, readers, value); err != nil {
		return nil, state, err
	}
	plan := &k8sops.Plan{
		Danger:  k8sops.Destructive,
		Summary: messages.New("k8sops.secret.plan", "secret", messages.Code(s.Name), "key", messages.Code(args.Key)),
		Warning: o.explain(args, state, s),
	}
	if err := o.planSecrets(ctx, call, plan, state.Changes, all); err != nil {
		return nil, state, err
	}
	if err := o.planRestarts(plan, &state, readers); err != nil {
		return nil, state, err
	}
	hand, err := byHand(ctx, call, all, state.Changes, value)
	if len(hand) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.secret.by_hand", "places", messages.Clip(strings.Join(hand, ", "), 500)))
	}
	return plan, state, err
}

// checkNew looks at the new value, where it is not one that opsbot makes.
func checkNew(ctx context.Context, call *k8sops.Call, args rotateArgs, state *rotateState, value string) error {
	if args.Value.Given && args.Previous != "" {
		return k8sops.Invalid(messages.New("k8sops.secret.two_values"))
	}
	if args.Previous != "" {
		state.From = keptName(args.Name, args.Previous)
		from, err := kept(ctx, call, state.From)
		if err == nil && from.Annotations[keptKey] != args.Key {
			err = &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.secret.no_version", "secret", messages.Code(state.From))}
		}
		return err
	}
	typed, err := args.Value.Reveal()
	if err != nil || !args.Value.Given {
		return err
	}
	printable := func(r rune) bool { return r >= ' ' && r <= '~' }
	switch {
	case typed == value:
		return k8sops.Invalid(messages.New("k8sops.secret.same"))
	case args.Role != noRole && strings.ContainsFunc(typed, func(r rune) bool { return !printable(r) }):
		return k8sops.Invalid(messages.New("k8sops.secret.not_ascii"))
	case len(typed) < shortest:
		return k8sops.Invalid(messages.New("k8sops.secret.too_short", "min", shortest))
	}
	return nil
}

// changesOf are the keys that hold the password of a key: that one first.
func changesOf(all []corev1.Secret, first ref, password string) []ref {
	changes := []ref{first}
	for i := range all {
		for _, key := range keysOf(&all[i]) {
			at := ref{all[i].Name, key}
			if _, ok := derived(key, string(all[i].Data[key]), password, ""); ok && at != first && mayChange(&all[i]) == nil {
				changes = append(changes, at)
			}
		}
	}
	return changes
}

func secretsOf(changes []ref) []string {
	var names []string
	for _, c := range changes {
		if !slices.Contains(names, c.Secret) {
			names = append(names, c.Secret)
		}
	}
	return names
}

// planSecrets tries the change of each Secret, with a value that is nobody's.
func (o rotate) planSecrets(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, changes []ref, all []corev1.Secret) error {
	for _, name := range secretsOf(changes) {
		s, err := find(call, all, name)
		if err == nil {
			err = mayChange(s)
		}
		if err != nil {
			return err
		}
		data := map[string][]byte{}
		for _, c := range changes {
			if c.Secret == name {
				data[c.Key] = []byte(generated())
				plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: "secret/" + name, Field: c.Key, From: "•••", To: "••••••"})
			}
		}
		if err := patchSecret(ctx, call, s, data, metav1.DryRunAll); err != nil {
			return k8sops.Explain("dry run of secret "+name, err)
		}
		target, err := kube.TargetOf(s)
		if err != nil {
			return err
		}
		plan.Targets = append(plan.Targets, target)
	}
	return nil
}

// planRestarts finds what has to be restarted. The database is left alone: it reads its password when its data is made, and never again.
func (o rotate) planRestarts(plan *k8sops.Plan, state *rotateState, readers []kube.Workload) error {
	var restarted, later []string
	for _, w := range readers {
		switch {
		case o.Database.Is(w):
			plan.Warning = append(plan.Warning, messages.New("k8sops.secret.database_stays", "workload", messages.Code(w.Line())))
		case !slices.Contains(kube.RollingKinds(), w.Kind):
			later = append(later, w.Line())
		default:
			target, err := kube.TargetOf(w)
			if err != nil {
				return err
			}
			plan.Targets, state.Restart = append(plan.Targets, target), append(state.Restart, target)
			restarted = append(restarted, w.Line())
		}
	}
	if len(restarted) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.secret.restarts", "services", strings.Join(restarted, ", ")))
	}
	if len(later) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.secret.later", "workloads", strings.Join(later, ", ")))
	}
	return nil
}

// explain says what is behind the change.
func (o rotate) explain(args rotateArgs, state rotateState, s *corev1.Secret) []messages.Text {
	var said []messages.Text
	switch role := messages.Code(state.Role); {
	case state.Role == "" && args.Role == "":
		said = append(said, messages.New("k8sops.secret.no_role", "database", messages.Code(o.Database.Name)))
	case state.Role != "" && state.Host == "":
		said = append(said, messages.New("k8sops.secret.role", "role", role), messages.New("k8sops.secret.unproven"))
	case state.Role != "":
		said = append(said, messages.New("k8sops.secret.role", "role", role))
	}
	if len(state.Changes) > 1 {
		said = append(said, messages.New("k8sops.secret.derived", "keys", refs(state.Changes[1:])))
	}
	if by := s.Labels[managedBy]; by != "" && by != "opsbot" {
		said = append(said, messages.New("k8sops.secret.managed", "secret", messages.Code(s.Name), "by", by))
	}
	return said
}

func refs(changes []ref) string {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.String()
	}
	return strings.Join(names, ", ")
}
