package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// blueGreen is what the operations of /bluegreen share (handbook: 蓝绿部署). The workload that a Service sends traffic to is blue. A second
// Deployment beside it, green, runs the new image; the label version tells their pods apart, and the Service's selector says which take the
// traffic. When all is over blue runs the new image and everything else is as it was: names, selectors, one Deployment.
type blueGreen struct{ kube.Platform }

// versionLabel tells the pods of both sides apart (handbook: version=v2).
const versionLabel = "version"

const (
	// trackAnnotation of a Service holds a track as JSON, as long as there are two sides.
	trackAnnotation = "opsbot.io/bluegreen"
	// blueAnnotation of a green Deployment names the blue one.
	blueAnnotation = "opsbot.io/bluegreen-of"
)

// track is what it takes to go on, and to go back, whatever becomes of opsbot.
type track struct {
	Blue  string `json:"blue"`
	Green string `json:"green"`
	// BlueVersion and GreenVersion are the values of the label.
	BlueVersion  string `json:"blueVersion"`
	GreenVersion string `json:"greenVersion"`
	// Selector is the Service's from before.
	Selector map[string]string `json:"selector"`
	// Call prepared it.
	Call string `json:"call"`
}

// sides are both versions of a workload, and the Service that sends traffic to one of them.
type sides struct {
	blue    kube.Workload
	service *corev1.Service
	// track and green are zero where there is only one side.
	track track
	green kube.Workload
}

// switched tells whether green takes the traffic.
func (s sides) switched() bool {
	return s.track.Green != "" && s.service.Spec.Selector[versionLabel] == s.track.GreenVersion
}

// live is the value of the label that takes the traffic.
func (s sides) live() string { return s.service.Spec.Selector[versionLabel] }

func blueGreenArg(into *k8sops.Workload) k8sops.Arg {
	return k8sops.Arg{Name: "service", Into: into, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true}
}

// blueGreenAccess is what every operation of the family looks at.
func blueGreenAccess(more ...k8sops.Access) []k8sops.Access {
	return slices.Concat(rollout.Access(), []k8sops.Access{
		{Verb: "list", Resource: "services"}, {Verb: "list", Group: "discovery.k8s.io", Resource: "endpointslices"},
	}, more)
}

// changeService is the access of what moves the traffic.
func changeService() []k8sops.Access {
	return []k8sops.Access{{Verb: "get", Resource: "services"}, {Verb: "patch", Resource: "services"}}
}

// look finds both sides of the workload that the call names, by either of them.
func (b blueGreen) look(ctx context.Context, call *k8sops.Call) (sides, error) {
	w, err := b.Workload(ctx, call, "service")
	if err != nil {
		return sides{}, err
	}
	if blue := w.GetAnnotations()[blueAnnotation]; blue != "" {
		if w, err = deployment(ctx, call, blue); err != nil {
			return sides{}, err
		}
	}
	s := sides{blue: w}
	if s.service, err = serviceOf(ctx, call, w); err != nil {
		return s, err
	}
	text, prepared := s.service.Annotations[trackAnnotation]
	if !prepared {
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), &s.track); err != nil || s.track.Blue != w.Name {
		return s, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.bluegreen.unreadable",
			"service", messages.Code(s.service.Name), "annotation", messages.Code(trackAnnotation)), Cause: err}
	}
	s.green, err = deployment(ctx, call, s.track.Green)
	if k8sops.CodeOf(err) == k8sops.CodeNotFound {
		err = nil // somebody deleted it; what is left can still be cleaned up
	}
	return s, err
}

// prepared are both sides; without a second one it is refused.
func (b blueGreen) prepared(ctx context.Context, call *k8sops.Call) (sides, error) {
	s, err := b.look(ctx, call)
	if err == nil && s.track.Green == "" {
		err = &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.bluegreen.not_prepared", "workload", messages.Code(s.blue.Name)),
			Hint: messages.New("k8sops.bluegreen.not_prepared_hint", "command", messages.Code("/bluegreen prepare "+s.blue.Line()+" IMAGE"))}
	}
	return s, err
}

// deployment reads one by name. The error is of code not found where there is none.
func deployment(ctx context.Context, call *k8sops.Call, name string) (kube.Workload, error) {
	d, err := call.Client.Kubernetes.AppsV1().Deployments(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return kube.Workload{}, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.bluegreen.gone", "workload", messages.Code(name)), Cause: err}
	}
	if err != nil {
		return kube.Workload{}, k8sops.Explain("get deployment "+name, err)
	}
	return kube.WorkloadOf(d), nil
}

// serviceOf is the Service that sends traffic to a workload. Through a second one green would take traffic before its time.
func serviceOf(ctx context.Context, call *k8sops.Call, w kube.Workload) (*corev1.Service, error) {
	list, err := call.Client.Kubernetes.CoreV1().Services(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, k8sops.Explain("list services", err)
	}
	var found []*corev1.Service
	for i := range list.Items {
		service := &list.Items[i]
		var t track
		isTracked := json.Unmarshal([]byte(service.Annotations[trackAnnotation]), &t) == nil && t.Blue == w.Name
		selects := len(service.Spec.Selector) > 0 && labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(w.Template().Labels))
		if isTracked || selects {
			found = append(found, service)
		}
	}
	switch len(found) {
	case 0:
		return nil, k8sops.Invalid(messages.New("k8sops.bluegreen.no_service", "workload", messages.Code(w.Name)))
	case 1:
		return found[0], nil
	}
	var names []string
	for _, service := range found {
		names = append(names, service.Name)
	}
	return nil, k8sops.Invalid(messages.New("k8sops.bluegreen.several_services", "workload", messages.Code(w.Name), "services", strings.Join(names, ", ")))
}

// patchService changes selector and annotation of a Service; a selector replaces the one that is there, and an empty track is removed.
func patchService(ctx context.Context, call *k8sops.Call, service *corev1.Service, selector map[string]string, t track, dryRun ...string) error {
	wanted := map[string]any{}
	for key := range service.Spec.Selector {
		wanted[key] = nil // a merge patch removes what is null
	}
	for key, value := range selector {
		wanted[key] = value
	}
	var annotation any
	if t.Green != "" {
		text, err := json.Marshal(t)
		if err != nil {
			return fmt.Errorf("track of %s: %w", service.Name, err)
		}
		annotation = string(text)
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": kube.PinnedVersion(service, dryRun), "annotations": map[string]any{trackAnnotation: annotation}},
		"spec":     map[string]any{"selector": wanted},
	})
	if err != nil {
		return fmt.Errorf("patch service %s: %w", service.Name, err)
	}
	_, err = call.Client.Kubernetes.CoreV1().Services(call.Namespace).Patch(ctx, service.Name, types.MergePatchType, patch,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	return err
}

// withVersion is a selector that only one side's pods fit.
func withVersion(selector map[string]string, version string) map[string]string {
	narrow := maps.Clone(selector)
	narrow[versionLabel] = version
	return narrow
}

// onService changes the Service of the plan if it is as it was planned with; done, where a step is done again, leaves it alone.
func onService(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, done func(*corev1.Service) bool, change func(*corev1.Service) error) error {
	service := plannedService(plan)
	return k8sops.Explain("change service "+service.Name, kube.OnUnchangedObject(ctx, call, service, done, change))
}

// plannedService is the Service among a plan's targets.
func plannedService(plan *k8sops.Plan) k8sops.Target {
	return plan.Targets[slices.IndexFunc(plan.Targets, func(t k8sops.Target) bool { return t.Kind == kube.Service })]
}
