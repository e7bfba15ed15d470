package k8sops

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

// pinnedClient lets kubectl's rollback code change one version of a deployment only: it adds the resourceVersion and the
// change cause to the JSON patch that kubectl sends, and keeps what the API server answered, which kubectl drops.
type pinnedClient struct {
	kubernetes.Interface
	pin *pin
}

type pin struct {
	resourceVersion string
	cause           string
	manager         string
	patched         *appsv1.Deployment
	err             error
}

func (c pinnedClient) AppsV1() appsclient.AppsV1Interface {
	return pinnedApps{c.Interface.AppsV1(), c.pin}
}

type pinnedApps struct {
	appsclient.AppsV1Interface
	pin *pin
}

func (a pinnedApps) Deployments(namespace string) appsclient.DeploymentInterface {
	return pinnedDeployments{a.AppsV1Interface.Deployments(namespace), a.pin}
}

type pinnedDeployments struct {
	appsclient.DeploymentInterface
	pin *pin
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
	steps = append(steps, jsonPatchStep{"add", causePath, d.pin.cause})
	if len(opts.DryRun) == 0 {
		steps = append(steps, jsonPatchStep{"add", "/metadata/resourceVersion", d.pin.resourceVersion})
	}
	data, err := json.Marshal(steps)
	if err != nil {
		return nil, fmt.Errorf("patch of %s: %w", name, err)
	}
	opts.FieldManager = d.pin.manager
	d.pin.patched, d.pin.err = d.DeploymentInterface.Patch(ctx, name, kind, data, opts, subresources...)
	return d.pin.patched, d.pin.err
}

// pinnedVersion is the resourceVersion that a patch carries. A dry run carries none: it overwrites nothing, and in an
// incident the status of a deployment moves all the time.
func pinnedVersion(d *appsv1.Deployment, dryRun []string) any {
	if len(dryRun) > 0 {
		return nil
	}
	return d.ResourceVersion
}

type jsonPatchStep struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value string `json:"value"`
}
