package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"opsbot/k8sops"
)

// customObject is what opsbot knows of an object of a kind that it has no typed client for.
type customObject struct {
	resource schema.GroupVersionResource
	counts   Counts
	selector string
	// scalable: it has a scale subresource.
	scalable bool
}

// known reports whether there is a resource to read and change the object by.
func (c customObject) known() bool { return c.resource.Resource != "" }

// listOthers lists what is not of Kubernetes' own kinds: objects with a scale subresource, and what pods name as their
// controller. It asks discovery and lists all pods, so it is for names that nothing else has. What the person may not see is left out.
func listOthers(ctx context.Context, call *k8sops.Call) ([]Workload, error) {
	scalable, err := listScalable(ctx, call)
	if err != nil {
		return nil, err
	}
	owners, err := listPodOwners(ctx, call)
	if err != nil {
		return nil, err
	}
	for _, owner := range owners {
		if !slices.ContainsFunc(scalable, func(w Workload) bool { return w.GetUID() == owner.GetUID() }) {
			scalable = append(scalable, owner)
		}
	}
	nameLines(scalable)
	return scalable, nil
}

func listScalable(ctx context.Context, call *k8sops.Call) ([]Workload, error) {
	resources, err := scalableResources(call)
	if err != nil || call.Client.Dynamic == nil {
		return nil, err
	}
	var all []Workload
	for _, resource := range resources {
		list, err := call.Client.Dynamic.Resource(resource).Namespace(call.Namespace).List(ctx, metav1.ListOptions{})
		if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, k8sops.Explain("list "+resource.String(), err)
		}
		for i := range list.Items {
			if metav1.GetControllerOfNoCopy(&list.Items[i]) != nil {
				continue
			}
			w := WorkloadOf(&list.Items[i])
			w.custom = customObject{resource: resource, scalable: true}
			all = append(all, w)
		}
	}
	return all, nil
}

// scalableResources are the namespaced resources with a scale subresource that opsbot has no typed client for.
func scalableResources(call *k8sops.Call) ([]schema.GroupVersionResource, error) {
	_, lists, err := call.Client.Kubernetes.Discovery().ServerGroupsAndResources()
	// An API service that is down hides its own kinds only.
	if _, partly := errors.AsType[*discovery.ErrGroupDiscoveryFailed](err); err != nil && !partly {
		return nil, k8sops.Explain("discover resources", err)
	}
	var found []schema.GroupVersionResource
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			continue
		}
		for _, resource := range list.APIResources {
			name, isScale := strings.CutSuffix(resource.Name, "/scale")
			typed := version.Group == "apps" && (name == "deployments" || name == "statefulsets")
			known := slices.ContainsFunc(found, func(r schema.GroupVersionResource) bool { return r.Group == version.Group && r.Resource == name })
			if isScale && resource.Namespaced && !typed && !known {
				found = append(found, version.WithResource(name))
			}
		}
	}
	return found, nil
}

// listPodOwners lists the controllers of pods that are of no kind that Kubernetes itself makes pods by.
func listPodOwners(ctx context.Context, call *k8sops.Call) ([]Workload, error) {
	pods, err := call.Client.Kubernetes.CoreV1().Pods(call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, k8sops.Explain("list pods in "+call.Namespace, err)
	}
	known := map[string]int{}
	var all []Workload
	for i := range pods.Items {
		pod := &pods.Items[i]
		owner := OwnerOf(pod)
		if slices.Contains([]string{"ReplicaSet", StatefulSet, DaemonSet, Job, "Node"}, owner.Kind) {
			continue
		}
		at, seen := known[string(owner.UID)]
		if !seen {
			at = len(all)
			known[string(owner.UID)] = at
			all = append(all, ownerWorkload(pod, owner))
		}
		all[at].custom.counts = all[at].custom.counts.with(pod)
	}
	return all, nil
}

// OwnerOf is the pod's controller, or the pod itself where it has none.
func OwnerOf(pod *corev1.Pod) metav1.OwnerReference {
	if owner := metav1.GetControllerOfNoCopy(pod); owner != nil {
		return *owner
	}
	return metav1.OwnerReference{APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID}
}

func ownerWorkload(pod *corev1.Pod, owner metav1.OwnerReference) Workload {
	o := &unstructured.Unstructured{}
	o.SetAPIVersion(owner.APIVersion)
	o.SetKind(owner.Kind)
	o.SetName(owner.Name)
	o.SetNamespace(pod.Namespace)
	o.SetUID(owner.UID)
	o.SetLabels(pod.Labels)
	return WorkloadOf(o)
}

// with counts one more pod. How many there shall be is what there are: only the owner knows better.
func (c Counts) with(pod *corev1.Pod) Counts {
	c.Desired, c.Current, c.Updated = c.Desired+1, c.Current+1, c.Updated+1
	if PodReady(pod) {
		c.Ready, c.Available = c.Ready+1, c.Available+1
	}
	return c
}

// readScale completes a custom workload by its scale subresource: counts and selector.
func readScale(ctx context.Context, call *k8sops.Call, w Workload) (Workload, error) {
	scale, err := call.Client.Dynamic.Resource(w.custom.resource).Namespace(w.GetNamespace()).Get(ctx, w.Name, metav1.GetOptions{}, "scale")
	if err != nil {
		return w, k8sops.Explain("read scale of "+w.Ref(), err)
	}
	desired, _, _ := unstructured.NestedInt64(scale.Object, "spec", "replicas")
	current, _, _ := unstructured.NestedInt64(scale.Object, "status", "replicas")
	w.custom.selector, _, _ = unstructured.NestedString(scale.Object, "status", "selector")
	// A scale says how many pods there are, not how they are: those that there are count as available.
	w.custom.counts = Counts{Desired: int(desired), Current: int(current), Updated: int(current), Ready: int(current), Available: int(current)}
	return w, nil
}

// getCustom reads an object of a kind that is known by its target's API version only.
func getCustom(ctx context.Context, call *k8sops.Call, target k8sops.Target) (Object, error) {
	resource, err := resourceOf(call, target)
	if err != nil {
		return nil, err
	}
	return call.Client.Dynamic.Resource(resource).Namespace(call.Namespace).Get(ctx, target.Name, metav1.GetOptions{})
}

func resourceOf(call *k8sops.Call, target k8sops.Target) (schema.GroupVersionResource, error) {
	if call.Client.Dynamic == nil {
		return schema.GroupVersionResource{}, fmt.Errorf("find resource of %s: no dynamic client", target.Key())
	}
	version, err := schema.ParseGroupVersion(target.APIVersion)
	if err != nil {
		return schema.GroupVersionResource{}, fmt.Errorf("find resource of %s: %w", target.Key(), err)
	}
	list, err := call.Client.Kubernetes.Discovery().ServerResourcesForGroupVersion(target.APIVersion)
	if err != nil {
		return schema.GroupVersionResource{}, k8sops.Explain("discover "+target.APIVersion, err)
	}
	for _, resource := range list.APIResources {
		if resource.Kind == target.Kind && !strings.Contains(resource.Name, "/") {
			return version.WithResource(resource.Name), nil
		}
	}
	return schema.GroupVersionResource{}, &apierrors.StatusError{ErrStatus: metav1.Status{Reason: metav1.StatusReasonNotFound, Message: target.Key() + " is of a kind that is not there"}}
}
