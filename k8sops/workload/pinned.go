package workload

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	appsclient "k8s.io/client-go/kubernetes/typed/apps/v1"
	"k8s.io/kubectl/pkg/polymorphichelpers"
)

// PinnedClient lets kubectl's rollback code change one version of a deployment only: it adds the resourceVersion and the
// change cause to the JSON patch that kubectl sends, and keeps what the API server answered, which kubectl drops.
type PinnedClient struct {
	kubernetes.Interface
	Pin *Pin
}

// Pin is the version that may be changed, who changes it and why, and what came of it.
type Pin struct {
	ResourceVersion string
	Cause           string
	Manager         string
	Patched         *appsv1.Deployment
	Err             error
}

// AppsV1 gives the pinned client of deployments.
func (c PinnedClient) AppsV1() appsclient.AppsV1Interface {
	return pinnedApps{c.Interface.AppsV1(), c.Pin}
}

type pinnedApps struct {
	appsclient.AppsV1Interface
	pin *Pin
}

func (a pinnedApps) Deployments(namespace string) appsclient.DeploymentInterface {
	return pinnedDeployments{a.AppsV1Interface.Deployments(namespace), a.pin}
}

type pinnedDeployments struct {
	appsclient.DeploymentInterface
	pin *Pin
}

func (d pinnedDeployments) Patch(ctx context.Context, name string, kind types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*appsv1.Deployment, error) {
	if kind != types.JSONPatchType {
		return nil, fmt.Errorf("patch of %s is a %s, not a JSON patch", name, kind)
	}
	var steps []any
	if err := json.Unmarshal(data, &steps); err != nil {
		return nil, fmt.Errorf("patch of %s: %w", name, err)
	}
	causePath := "/metadata/annotations/" + strings.ReplaceAll(polymorphichelpers.ChangeCauseAnnotation, "/", "~1")
	steps = append(steps, jsonPatchStep{"add", causePath, d.pin.Cause})
	if len(opts.DryRun) == 0 {
		steps = append(steps, jsonPatchStep{"add", "/metadata/resourceVersion", d.pin.ResourceVersion})
	}
	data, err := json.Marshal(steps)
	if err != nil {
		return nil, fmt.Errorf("patch of %s: %w", name, err)
	}
	opts.FieldManager = d.pin.Manager
	d.pin.Patched, d.pin.Err = d.DeploymentInterface.Patch(ctx, name, kind, data, opts, subresources...)
	return d.pin.Patched, d.pin.Err
}

type jsonPatchStep struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value string `json:"value"`
}
