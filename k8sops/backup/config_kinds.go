package backup

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"opsbot/k8sops"
)

// knownKind is a resource of Kubernetes itself that the configuration of a namespace consists of. The generated rights name these; RBAC
// cannot say "everything" without saying too much.
type knownKind struct {
	group, resource string
	// core: without the right to list it there is no backup worth the name.
	core bool
	// identity: who writes it says who may do what. No role gets that from opsbot for a restore, and where it has it for less, an
	// admission policy stands before it.
	identity bool
}

// knownKinds stand in the order in which they are restored: what others need comes first.
func knownKinds() []knownKind {
	return []knownKind{
		{resource: "serviceaccounts", core: true, identity: true},
		{group: "rbac.authorization.k8s.io", resource: "roles", identity: true},
		{group: "rbac.authorization.k8s.io", resource: "rolebindings", identity: true},
		{resource: "configmaps", core: true},
		{resource: "secrets"},
		{resource: "persistentvolumeclaims"},
		{resource: "services", core: true},
		{group: "apps", resource: "daemonsets"},
		{group: "apps", resource: "statefulsets", core: true},
		{group: "apps", resource: "deployments", core: true},
		{resource: "replicationcontrollers"},
		{group: "batch", resource: "cronjobs"},
		{group: "autoscaling", resource: "horizontalpodautoscalers"},
		{group: "policy", resource: "poddisruptionbudgets"},
		{group: "networking.k8s.io", resource: "networkpolicies"},
		{group: "networking.k8s.io", resource: "ingresses"},
		{resource: "limitranges"},
		{resource: "resourcequotas"},
		{resource: "podtemplates"},
		{group: "resource.k8s.io", resource: "resourceclaims"},
		{group: "resource.k8s.io", resource: "resourceclaimtemplates"},
	}
}

// configAccess is what the known kinds take, each verb; what may not be listed is left out and named.
func (d Deps) configAccess(change bool) []k8sops.Access {
	var access []k8sops.Access
	for _, k := range knownKinds() {
		if k.resource == "secrets" && !d.keepsSecrets() {
			continue
		}
		access = append(access, k8sops.Access{Verb: "list", Group: k.group, Resource: k.resource, Optional: !k.core})
		if !change || k.identity {
			continue
		}
		for _, verb := range []string{"get", "create", "patch"} {
			access = append(access, k8sops.Access{Verb: verb, Group: k.group, Resource: k.resource})
		}
	}
	return access
}

// keepsSecrets: Secrets are in a backup only where it is encrypted.
func (d Deps) keepsSecrets() bool { return len(d.Keys.Recipients()) > 0 }

// servedKind is a kind of namespaced object that a cluster serves.
type servedKind struct {
	schema.GroupVersionResource
	kind string
}

// access is a right on the objects of the kind.
func (k servedKind) access(verb string) k8sops.Access {
	return k8sops.Access{Verb: verb, Group: k.Group, Resource: k.Resource}
}

// name is the resource as kubectl writes it.
func (k servedKind) name() string {
	return k8sops.Access{Group: k.Group, Resource: k.Resource}.ResourceName()
}

func (k servedKind) isIdentity() bool {
	return slices.ContainsFunc(knownKinds(), func(known knownKind) bool {
		return known.identity && known.group == k.Group && known.resource == k.Resource
	})
}

func (k servedKind) rank() int {
	at := slices.IndexFunc(knownKinds(), func(known knownKind) bool { return known.group == k.Group && known.resource == k.Resource })
	if at < 0 {
		return len(knownKinds())
	}
	return at
}

// servedKinds are the kinds that people and programs make and that can be restored, in the order of a restore. Groups that do not answer are named.
func servedKinds(_ context.Context, call *k8sops.Call) (kinds []servedKind, down []string, err error) {
	groups, lists, err := call.Client.Kubernetes.Discovery().ServerGroupsAndResources()
	if partly, ok := errors.AsType[*discovery.ErrGroupDiscoveryFailed](err); ok {
		for version := range partly.Groups {
			down = append(down, version.String())
		}
		slices.Sort(down)
	} else if err != nil {
		return nil, nil, k8sops.Explain("discover resources", err)
	}
	preferred := map[string]bool{}
	for _, group := range groups {
		preferred[group.PreferredVersion.GroupVersion] = true
	}
	found := map[schema.GroupResource]servedKind{}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			continue
		}
		for _, r := range list.APIResources {
			k := servedKind{version.WithResource(r.Name), r.Kind}
			if _, seen := found[k.GroupResource()]; r.Namespaced && restorable(k, r.Verbs) && (!seen || preferred[list.GroupVersion]) {
				found[k.GroupResource()] = k
			}
		}
	}
	for _, k := range found {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b servedKind) int { return cmp.Or(a.rank()-b.rank(), strings.Compare(a.name(), b.name())) })
	return kinds, down, nil
}

// restorable tells kinds that are configuration from those that are runs, and from what controllers keep for themselves.
func restorable(k servedKind, verbs []string) bool {
	for _, verb := range []string{"list", "create", "patch"} {
		if !slices.Contains(verbs, verb) {
			return false
		}
	}
	switch k.name() {
	case "pods", "jobs.batch", "replicasets.apps", "controllerrevisions.apps", "endpoints", "endpointslices.discovery.k8s.io", "events", "events.events.k8s.io",
		"leases.coordination.k8s.io", "csistoragecapacities.storage.k8s.io":
		return false
	}
	return !strings.Contains(k.Resource, "/")
}
