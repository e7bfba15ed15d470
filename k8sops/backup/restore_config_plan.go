package backup

import (
	"context"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/templatediff"
	"opsbot/messages"
)

// configPlanner collects what a restore would do.
type configPlanner struct {
	restoreConfig
	call    *k8sops.Call
	backup  *Backup
	state   restoreConfigState
	kinds   map[string]servedKind // by group/version and kind
	live    map[string]*unstructured.Unstructured
	objects []*unstructured.Unstructured

	diff                                           strings.Builder
	targets                                        []k8sops.Target
	unchanged                                      int
	stays, gone, noRoles, noSecrets, taken, beside []string
	problems                                       []messages.Text
	unlisted                                       []LeftOut
	refused                                        map[string]bool // resources of accounts and roles that the person may not write
}

func (o restoreConfig) plan(ctx context.Context, call *k8sops.Call, args restoreConfigArgs) (*k8sops.Plan, restoreConfigState, error) {
	b, err := o.chooseConfig(ctx, call, args.ID)
	if err != nil {
		return nil, restoreConfigState{}, err
	}
	if !o.canRead(b) {
		return nil, restoreConfigState{}, unreadable(b)
	}
	p := &configPlanner{restoreConfig: o, call: call, backup: b, live: map[string]*unstructured.Unstructured{}, refused: map[string]bool{}}
	p.state.Backup = b.manifestKey()
	if err := p.read(ctx, args.Only); err != nil {
		return nil, p.state, err
	}
	if err := p.mayRestore(ctx); err != nil {
		return nil, p.state, err
	}
	for _, wanted := range p.objects {
		if err := p.try(ctx, wanted); err != nil {
			return nil, p.state, err
		}
	}
	if len(p.problems) > 0 {
		return nil, p.state, &k8sops.Error{
			Code: k8sops.CodeInvalid, Message: messages.New("k8sops.restore_config.impossible", "id", messages.Code(b.ID), "count", len(p.problems)),
			Hint: messages.New("k8sops.restore_config.impossible_hint"), List: p.problems[:min(len(p.problems), 20)],
		}
	}
	plan, err := p.finish(ctx)
	return plan, p.state, err
}

// read reads the backup to its end, which compares its checksum, and what there is now.
func (p *configPlanner) read(ctx context.Context, only string) error {
	means, err := chosenObjects(p.backup, only)
	if err != nil {
		return err
	}
	held := map[string]bool{}
	err = p.readObjects(ctx, p.backup, func(o *unstructured.Unstructured) error {
		held[refOf(o).key()] = true
		if means(refOf(o)) {
			o.SetNamespace(p.call.Namespace)
			p.objects = append(p.objects, o)
		}
		return nil
	})
	if err != nil {
		return k8sops.Explain("read backup "+p.backup.ID, err)
	}
	kinds, _, err := servedKinds(ctx, p.call)
	if err != nil {
		return err
	}
	p.kinds = map[string]servedKind{}
	for _, k := range kinds {
		p.kinds[k.key()] = k
	}
	p.unlisted, err = p.eachObject(ctx, p.call, func(_ servedKind, o *unstructured.Unstructured) error {
		p.live[refOf(o).key()] = o
		if only == "" && !held[refOf(o).key()] {
			p.beside = append(p.beside, refOf(o).String())
		}
		return nil
	})
	p.scaled()
	return err
}

func (k servedKind) key() string { return k.GroupVersion().String() + "/" + k.kind }

// scaled notes the workloads whose replicas an autoscaler decides, of now or of the backup.
func (p *configPlanner) scaled() {
	for _, o := range append(slices.Collect(maps.Values(p.live)), p.objects...) {
		if o.GetKind() != kube.HorizontalPodAutoscaler {
			continue
		}
		kind, _, _ := unstructured.NestedString(o.Object, "spec", "scaleTargetRef", "kind")
		name, _, _ := unstructured.NestedString(o.Object, "spec", "scaleTargetRef", "name")
		p.state.Scaled = append(p.state.Scaled, kind+"/"+name)
	}
	slices.Sort(p.state.Scaled)
	p.state.Scaled = slices.Compact(p.state.Scaled)
}

// mayRestore refuses before anything is tried where a right is missing for a kind that there is something to restore of. Of accounts and
// roles, what the person may not write is left out.
func (p *configPlanner) mayRestore(ctx context.Context) error {
	asked := map[string]bool{}
	for _, o := range p.objects {
		k, known := p.kinds[o.GetAPIVersion()+"/"+o.GetKind()]
		if !known || asked[k.name()] || k.name() == "secrets" && !p.keepsSecrets() {
			continue
		}
		asked[k.name()] = true
		access := []k8sops.Access{k.access("list"), k.access("get"), k.access("create"), k.access("patch")}
		err := k8sops.Require(ctx, p.call.Client, p.call.Namespace, access, []k8sops.Role{k8sops.System})
		switch {
		case k8sops.CodeOf(err) == k8sops.CodeForbidden && k.isIdentity():
			p.refused[k.name()] = true
		case err != nil:
			return err
		}
	}
	return nil
}

// try applies one object for trial, and notes what that would change.
func (p *configPlanner) try(ctx context.Context, wanted *unstructured.Unstructured) error {
	ref := refOf(wanted)
	k, known := p.kinds[ref.APIVersion+"/"+ref.Kind]
	switch {
	case !known:
		p.gone = append(p.gone, ref.String())
		return nil
	case k.name() == "secrets" && !p.keepsSecrets():
		p.noSecrets = append(p.noSecrets, ref.String())
		return nil
	case p.refused[k.name()]:
		p.notWritten(wanted)
		return nil
	}
	live := p.live[ref.key()]
	a := appliedObject{ObjectRef: ref, Resource: k.Resource, Create: live == nil}
	wanted = withReplicas(wanted, live, p.state.Scaled)
	var managers []string
	result, err := p.send(ctx, p.call, a, wanted, true)
	if apierrors.IsConflict(err) {
		managers = managersOf(err)
		a.Force = true
		result, err = p.send(ctx, p.call, a, wanted, true)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return k8sops.Explain("try "+ref.String(), ctx.Err())
	case err != nil && k.isIdentity() && (apierrors.IsForbidden(err) || apierrors.IsNotFound(err)):
		p.notWritten(wanted)
		return nil
	case err != nil:
		return p.problem(ref, err)
	}
	return p.note(ctx, a, live, wanted, result, managers)
}

// notWritten notes an object that the person may not write, unless it is as in the backup.
func (p *configPlanner) notWritten(wanted *unstructured.Unstructured) {
	live := p.live[refOf(wanted).key()]
	if live != nil && equality.Semantic.DeepEqual(cleaned(live).Object, wanted.Object) {
		p.unchanged++
		return
	}
	p.noRoles = append(p.noRoles, refOf(wanted).String())
}

// problem notes why an object cannot be restored. An API server that does not answer is no reason.
func (p *configPlanner) problem(ref ObjectRef, err error) error {
	explained := k8sops.Explain("try "+ref.String(), err)
	if k8sops.CodeOf(explained) == k8sops.CodeUnavailable {
		return explained
	}
	p.problems = append(p.problems, whyRefused(ref, err)...)
	return nil
}

// note writes down what an object would become.
func (p *configPlanner) note(ctx context.Context, a appliedObject, live, wanted, result *unstructured.Unstructured, managers []string) error {
	if live != nil {
		for _, at := range templatediff.AddedFields(wanted, cleaned(result)) {
			p.stays = append(p.stays, a.String()+" "+at)
		}
	}
	diff := "+ " + a.String() + " (created)\n"
	if live != nil {
		diff = templatediff.OfObjects(a.String(), cleaned(live), cleaned(result))
	}
	if diff == "" {
		p.unchanged++
		return nil
	}
	p.diff.WriteString(diff)
	if len(managers) > 0 {
		p.taken = append(p.taken, a.String()+" ("+strings.Join(managers, ", ")+")")
	}
	p.state.Apply = append(p.state.Apply, a)
	if live == nil {
		return nil
	}
	o, err := kube.Get(ctx, p.call, k8sops.Target{APIVersion: a.APIVersion, Kind: a.Kind, Name: a.Name})
	if err != nil {
		return k8sops.Explain("get "+a.String(), err)
	}
	target, err := kube.TargetOf(o)
	p.targets = append(p.targets, target)
	return err
}

func (p *configPlanner) finish(ctx context.Context) (*k8sops.Plan, error) {
	created := 0
	for _, a := range p.state.Apply {
		if a.Create {
			created++
		}
	}
	plan := &k8sops.Plan{Danger: k8sops.Destructive, Diff: p.diff.String(), Targets: p.targets, Summary: messages.New("k8sops.restore_config.plan",
		"id", messages.Code(p.backup.ID), "created_at", p.backup.CreatedAt, "create", created, "change", len(p.state.Apply)-created, "same", p.unchanged)}
	if len(p.state.Apply) == 0 {
		plan.NoOp, plan.Summary = true, messages.New("k8sops.restore_config.nothing", "id", messages.Code(p.backup.ID), "same", p.unchanged)
	} else if err := p.says(ctx, plan); err != nil {
		return nil, err
	}
	for _, said := range []struct {
		text  func(objects string) messages.Text
		names []string
	}{
		{func(o string) messages.Text { return messages.New("k8sops.restore_config.takes_over", "objects", o) }, p.taken},
		{func(o string) messages.Text { return messages.New("k8sops.restore_config.stays", "fields", o) }, p.stays},
		{func(o string) messages.Text { return messages.New("k8sops.restore_config.beside", "objects", o) }, p.beside},
		{func(o string) messages.Text { return messages.New("k8sops.restore_config.gone", "objects", o) }, p.gone},
		{func(o string) messages.Text { return messages.New("k8sops.restore_config.no_roles", "objects", o) }, p.noRoles},
		{func(o string) messages.Text { return messages.New("k8sops.restore_config.no_secrets", "objects", o) }, p.noSecrets},
	} {
		if len(said.names) > 0 {
			slices.Sort(said.names)
			plan.Warning = append(plan.Warning, said.text(shortList(said.names)))
		}
	}
	return plan, nil
}

// says what comes before and after.
func (p *configPlanner) says(ctx context.Context, plan *k8sops.Plan) error {
	services, err := restoreDatabase{p.Deps}.dependents(ctx, p.call)
	if err != nil {
		return err
	}
	if to := p.Keys.Recipients(); len(to) > 0 && !p.Keys.CanRead(to) {
		plan.Warning = append(plan.Warning, messages.New("k8sops.restore_config.no_undo"))
	} else {
		plan.Warning = append(plan.Warning, messages.New("k8sops.restore_config.safety"))
	}
	if len(services) > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.restore_config.restarts", "services", strings.Join(services, ", ")))
	}
	return nil
}
