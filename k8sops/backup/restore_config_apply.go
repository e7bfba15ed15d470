package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// apply applies what differs, one object after the other. What is as it shall be already, when the step is done again, is left as it is; what
// somebody has changed since the plan is refused.
func (o restoreConfig) apply(ctx context.Context, r *restoreConfigRun) error {
	wanted, err := o.wanted(ctx, r)
	if err != nil {
		return err
	}
	for i, a := range r.State.Apply {
		r.Progress.Report(i, len(r.State.Apply), messages.New("k8sops.restore_config.applying", "object", messages.Code(a.String())))
		if err := o.applyOne(ctx, r, a, wanted[a.ObjectRef]); err != nil {
			return o.halfway(r, i, a, k8sops.Explain("restore "+a.String(), err))
		}
	}
	return nil
}

// wanted are the objects of the backup that a run applies. The backup is read to its end, so that its checksum is right, before any is used.
func (o restoreConfig) wanted(ctx context.Context, r *restoreConfigRun) (map[ObjectRef]*unstructured.Unstructured, error) {
	b, err := loadBackup(ctx, o.Backups, r.State.Backup)
	if err != nil {
		return nil, err
	}
	objects := map[ObjectRef]*unstructured.Unstructured{}
	err = o.readObjects(ctx, &b, func(object *unstructured.Unstructured) error {
		object.SetNamespace(r.Namespace)
		objects[refOf(object)] = object
		return nil
	})
	for _, a := range r.State.Apply {
		if err == nil && objects[a.ObjectRef] == nil {
			err = &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.backup_config.differs")}
		}
	}
	return objects, k8sops.Explain("read backup "+b.ID, err)
}

func (o restoreConfig) applyOne(ctx context.Context, r *restoreConfigRun, a appliedObject, wanted *unstructured.Unstructured) error {
	settled, live, err := o.settled(ctx, r.Call, a, wanted, r.State.Scaled)
	if err != nil || settled {
		return err
	}
	at := slices.IndexFunc(r.Plan.Targets, func(t k8sops.Target) bool { return t.Kind == a.Kind && t.Name == a.Name })
	switch {
	case at >= 0:
		if err := kube.CheckTargets(ctx, r.Call, &k8sops.Plan{Targets: r.Plan.Targets[at : at+1]}); err != nil {
			return err
		}
	case live != nil:
		return &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("k8sops.target.changed", "workload", messages.Code(a.String())),
			Hint: messages.New("k8sops.target.changed_hint"), Suggest: []string{k8sops.Canonical(r.Operation, r.Call.Args)}}
	}
	_, err = o.send(ctx, r.Call, a, withReplicas(wanted, live, r.State.Scaled), false)
	return err
}

// settled tells whether applying an object would change nothing.
func (o restoreConfig) settled(ctx context.Context, call *k8sops.Call, a appliedObject, wanted *unstructured.Unstructured, scaled []string) (bool, *unstructured.Unstructured, error) {
	live, err := resourceClient(call, a).Get(ctx, a.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, k8sops.Explain("get "+a.String(), err)
	}
	a.Force = true
	result, err := o.send(ctx, call, a, withReplicas(wanted, live, scaled), true)
	if err != nil {
		return false, live, k8sops.Explain("try "+a.String(), err)
	}
	return equality.Semantic.DeepEqual(cleaned(live).Object, cleaned(result).Object), live, nil
}

func resourceClient(call *k8sops.Call, a appliedObject) dynamic.ResourceInterface {
	version, _ := schema.ParseGroupVersion(a.APIVersion)
	return call.Client.Dynamic.Resource(version.WithResource(a.Resource)).Namespace(call.Namespace)
}

// send is a server-side apply, or a trial of one.
func (o restoreConfig) send(ctx context.Context, call *k8sops.Call, a appliedObject, wanted *unstructured.Unstructured, trial bool) (*unstructured.Unstructured, error) {
	data, err := json.Marshal(wanted)
	if err != nil {
		return nil, fmt.Errorf("apply %s: %w", a, err)
	}
	force := a.Force
	options := metav1.PatchOptions{FieldManager: call.FieldManager(), Force: &force}
	if trial {
		options.DryRun = []string{metav1.DryRunAll}
	}
	return resourceClient(call, a).Patch(ctx, a.Name, types.ApplyPatchType, data, options)
}

// withReplicas leaves the replicas of a workload to its autoscaler.
func withReplicas(wanted, live *unstructured.Unstructured, scaled []string) *unstructured.Unstructured {
	if live == nil || !slices.Contains(scaled, refOf(wanted).String()) {
		return wanted
	}
	replicas, ok, err := unstructured.NestedInt64(live.Object, "spec", "replicas")
	if !ok || err != nil {
		return wanted
	}
	wanted = wanted.DeepCopy()
	_ = unstructured.SetNestedField(wanted.Object, replicas, "spec", "replicas")
	return wanted
}

// halfway says what was done before an error stopped a restore.
func (o restoreConfig) halfway(r *restoreConfigRun, done int, a appliedObject, err error) error {
	e, ok := errors.AsType[*k8sops.Error](err)
	if !ok || done == 0 {
		return err
	}
	said := &k8sops.Error{Code: e.Code, Cause: err, Hint: e.Hint, Message: messages.New("k8sops.restore_config.halfway",
		"done", done, "total", len(r.State.Apply), "object", messages.Code(a.String()), "reason", e.Message)}
	if r.State.Safety != nil && o.canRead(r.State.Safety) {
		said.Undo = o.spec().Invoke(restoreConfigArgs{ID: r.State.Safety.ID, Only: r.Args.Only})
	}
	return said
}

var managerNamed = regexp.MustCompile(`conflict with "([^"]{1,128})"`)

// managersOf are those whose fields an apply would take over.
func managersOf(err error) (names []string) {
	status, ok := errors.AsType[*apierrors.StatusError](err)
	if !ok || status.ErrStatus.Details == nil {
		return nil
	}
	for _, cause := range status.ErrStatus.Details.Causes {
		if named := managerNamed.FindStringSubmatch(cause.Message); named != nil && !slices.Contains(names, named[1]) {
			names = append(names, named[1])
		}
	}
	slices.Sort(names)
	return names
}

// whyRefused says which fields the API server refuses. Its own words repeat their values, which may be secret.
func whyRefused(ref ObjectRef, err error) (texts []messages.Text) {
	status, ok := errors.AsType[*apierrors.StatusError](err)
	object := messages.Code(ref.String())
	if !ok || !apierrors.IsInvalid(err) || status.ErrStatus.Details == nil || len(status.ErrStatus.Details.Causes) == 0 {
		return []messages.Text{messages.New("k8sops.restore_config.refused", "object", object, "reason", k8sops.WhyNot(err))}
	}
	for _, cause := range status.ErrStatus.Details.Causes {
		text := messages.New("k8sops.restore_config.bad_field", "object", object, "field", messages.Code(cause.Field))
		if strings.Contains(cause.Message, "immutable") || strings.Contains(cause.Message, "updates to") {
			text = messages.New("k8sops.restore_config.immutable", "object", object, "field", messages.Code(cause.Field))
		}
		texts = append(texts, text)
	}
	return texts
}
