package secrets

import (
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/k8sops"
)

// forbidPatches makes the API server refuse changes of deployments.
func forbidPatches(call *k8sops.Call) {
	call.Client.Kubernetes.(*fake.Clientset).PrependReactor("patch", "deployments", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Group: "apps", Resource: "deployments"}, "order-service",
			errors.New(`User "u" cannot patch resource "deployments" in API group "apps" in the namespace "shop"`))
	})
}
