package backup

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"opsbot/k8sops/kube"
	"opsbot/k8sops/templatediff"
)

// madeByKubernetes tells what comes by itself: what another object has made, and what every namespace has.
func madeByKubernetes(o *unstructured.Unstructured) bool {
	switch {
	case len(o.GetOwnerReferences()) > 0, o.GetDeletionTimestamp() != nil:
		return true
	case o.GetKind() == "ServiceAccount":
		return o.GetName() == "default"
	case o.GetKind() == kube.ConfigMap:
		return o.GetName() == "kube-root-ca.crt"
	}
	return false
}

// cleaned is what people and programs want of an object: what the API server and the controllers keep of it is left out.
func cleaned(o *unstructured.Unstructured) *unstructured.Unstructured {
	kept := o.DeepCopy()
	delete(kept.Object, "status")
	metadata := map[string]any{"name": o.GetName(), "namespace": o.GetNamespace()}
	for _, key := range []string{"labels", "annotations"} {
		if value, ok := kept.Object["metadata"].(map[string]any)[key]; ok {
			metadata[key] = value
		}
	}
	kept.Object["metadata"] = metadata
	cleanAnnotations(metadata)
	if template, ok, _ := unstructured.NestedMap(kept.Object, "spec", "template", "metadata"); ok {
		delete(template, "creationTimestamp")
		cleanAnnotations(template)
		_ = unstructured.SetNestedMap(kept.Object, template, "spec", "template", "metadata")
	}
	cleanKind(kept)
	return kept
}

// cleanAnnotations drops what controllers, kubectl and restarts write.
func cleanAnnotations(metadata map[string]any) {
	annotations, ok := metadata["annotations"].(map[string]any)
	if !ok {
		delete(metadata, "annotations")
		return
	}
	maps.DeleteFunc(annotations, func(key string, _ any) bool {
		return slices.Contains([]string{
			"kubectl.kubernetes.io/last-applied-configuration", kube.RevisionAnnotation, kube.ChangeCause, templatediff.RestartedAt,
			"pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller", "volume.kubernetes.io/selected-node",
			"volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner", "kubernetes.io/service-account.uid",
			"deprecated.daemonset.template.generation",
		}, key)
	})
	if len(annotations) == 0 {
		delete(metadata, "annotations")
	}
}

// cleanKind drops what Kubernetes fills in by itself for some kinds.
func cleanKind(o *unstructured.Unstructured) {
	switch o.GetKind() {
	case kube.Service:
		if ip, _, _ := unstructured.NestedString(o.Object, "spec", "clusterIP"); ip != "None" {
			unstructured.RemoveNestedField(o.Object, "spec", "clusterIP")
			unstructured.RemoveNestedField(o.Object, "spec", "clusterIPs")
		}
		unstructured.RemoveNestedField(o.Object, "spec", "healthCheckNodePort")
	case kube.PersistentVolumeClaim:
		unstructured.RemoveNestedField(o.Object, "spec", "volumeName")
	case "ServiceAccount":
		unstructured.RemoveNestedField(o.Object, "secrets")
	case kube.Secret:
		if kind, _, _ := unstructured.NestedString(o.Object, "type"); strings.HasPrefix(kind, "kubernetes.io/service-account-token") {
			delete(o.Object, "data") // a token is of the account that was, and is made anew
		}
	}
}

// ObjectRef names one object of a backup.
type ObjectRef struct {
	APIVersion string `json:"api_version"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}

func refOf(o *unstructured.Unstructured) ObjectRef {
	return ObjectRef{o.GetAPIVersion(), o.GetKind(), o.GetName()}
}

// String is the object as it is typed: Deployment/user-service.
func (r ObjectRef) String() string { return r.Kind + "/" + r.Name }

// key also tells apart what groups call alike. Versions of a group are the same object.
func (r ObjectRef) key() string {
	group, _, _ := strings.Cut(r.APIVersion, "/")
	if !strings.Contains(r.APIVersion, "/") {
		group = ""
	}
	return group + "/" + r.String()
}

// LeftOut is what a backup does not hold, and why.
type LeftOut struct {
	Resource string `json:"resource"`
	Why      Why    `json:"why"`
}

// Why is a reason to leave something out.
type Why string

// The reasons.
const (
	NotAllowed   Why = "forbidden"   // the person may not list it
	NotEncrypted Why = "unencrypted" // Secrets of a backup that is not encrypted
	NotServed    Why = "unavailable" // its API does not answer
)
