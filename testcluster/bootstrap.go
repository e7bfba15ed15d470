package testcluster

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"opsbot/testcluster/programs"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
)

const (
	nodeCount    = 3
	pollInterval = 50 * time.Millisecond
)

func (c *Cluster) startAPI(ctx context.Context) error {
	etcdPorts, err := c.launch(ctx, c.etcd())
	if err != nil {
		return err
	}
	apiPorts, err := c.launch(ctx, c.apiServer(etcdPorts[0]))
	if err != nil {
		return err
	}
	c.apiPort = apiPorts[0]
	if c.admin, err = c.ConfigFor(adminUser, adminsGroup); err != nil {
		return err
	}
	if err := c.WriteKubeconfig(c.Kubeconfig(), c.admin, "default"); err != nil {
		return err
	}
	if c.client, err = kubernetes.NewForConfig(c.admin); err != nil {
		return fmt.Errorf("create client: %w", err)
	}
	own, err := c.ConfigFor(caretakerUser, adminsGroup)
	if err != nil {
		return err
	}
	c.applier, err = newApplier(own, c.client, "testcluster")
	return err
}

func (c *Cluster) startControllers(ctx context.Context) error {
	manager, err := c.componentKubeconfig("controller-manager", "system:kube-controller-manager")
	if err != nil {
		return err
	}
	if _, err := c.launch(ctx, c.controllerManager(manager)); err != nil {
		return err
	}
	scheduler, err := c.componentKubeconfig("scheduler", "system:kube-scheduler")
	if err != nil {
		return err
	}
	_, err = c.launch(ctx, c.scheduler(scheduler))
	return err
}

// installKwok defines kwok's kinds and the stages before kwok starts, because it ends when a kind is missing.
func (c *Cluster) installKwok(ctx context.Context) error {
	for _, name := range programs.KwokManifests() {
		if err := c.applyKwokManifest(ctx, name); err != nil {
			return err
		}
	}
	if err := c.applySimulation(ctx); err != nil {
		return err
	}
	kubeconfig, err := c.componentKubeconfig("kwok", "testcluster-kwok", adminsGroup)
	if err != nil {
		return err
	}
	_, err = c.launch(ctx, c.kwok(kubeconfig))
	return err
}

func (c *Cluster) applyKwokManifest(ctx context.Context, name string) error {
	manifest, err := c.tools.KwokManifest(name)
	if err != nil {
		return fmt.Errorf("read kwok manifest: %w", err)
	}
	if err := c.applier.apply(ctx, manifest, ""); err != nil {
		return err
	}
	if strings.HasPrefix(name, "crd/") {
		return c.awaitEstablished(ctx, manifest)
	}
	return nil
}

// applySimulation says how pods and volumes of this cluster behave.
func (c *Cluster) applySimulation(ctx context.Context) error {
	stages, err := podStages(c.options.ReadyDelay)
	if err != nil {
		return err
	}
	if err := c.applier.apply(ctx, stages, ""); err != nil {
		return err
	}
	for _, name := range []string{"manifests/usage.yaml", "manifests/volumes.yaml"} {
		manifest, err := render(name)
		if err != nil {
			return err
		}
		if err := c.applier.apply(ctx, manifest, ""); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) awaitEstablished(ctx context.Context, manifest []byte) error {
	objects, err := decode(manifest)
	if err != nil {
		return err
	}
	crds := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	for _, object := range objects {
		err := poll(ctx, 20*time.Second, func(ctx context.Context) (bool, error) {
			live, err := c.applier.client.Resource(crds).Get(ctx, object.GetName(), metav1.GetOptions{})
			return err == nil && hasCondition(live, "Established"), nil
		})
		if err != nil {
			return fmt.Errorf("wait until %s is established: %w", object.GetName(), err)
		}
	}
	return nil
}

func hasCondition(object *unstructured.Unstructured, kind string) bool {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, item := range conditions {
		condition, ok := item.(map[string]any)
		if ok && condition["type"] == kind && condition["status"] == "True" {
			return true
		}
	}
	return false
}

func (c *Cluster) startNodes(ctx context.Context) error {
	for i := range nodeCount {
		manifest, err := render("manifests/node.yaml", "NODE_NAME", fmt.Sprintf("node-%d", i+1))
		if err != nil {
			return err
		}
		if err := c.applier.apply(ctx, manifest, ""); err != nil {
			return err
		}
	}
	err := poll(ctx, 30*time.Second, func(ctx context.Context) (bool, error) {
		nodes, err := c.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		return err == nil && allNodesReady(nodes.Items), nil
	})
	if err != nil {
		return fmt.Errorf("wait until the nodes are ready: %w", err)
	}
	return c.awaitServiceAccount(ctx, metav1.NamespaceDefault)
}

// allNodesReady wants the taint of a new node gone as well: it keeps pods away for a moment longer than the condition.
func allNodesReady(nodes []corev1.Node) bool {
	ready := 0
	for _, node := range nodes {
		for _, condition := range node.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue && len(node.Spec.Taints) == 0 {
				ready++
			}
		}
	}
	return ready == nodeCount
}

// awaitServiceAccount waits for the account without which the API server refuses pods in a namespace.
func (c *Cluster) awaitServiceAccount(ctx context.Context, namespace string) error {
	err := poll(ctx, 30*time.Second, func(ctx context.Context) (bool, error) {
		_, err := c.client.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
		return err == nil, nil
	})
	if err != nil {
		return fmt.Errorf("wait for the default service account of namespace %s: %w", namespace, err)
	}
	return nil
}

func (c *Cluster) startMetrics(ctx context.Context) error {
	kubeconfig, err := c.componentKubeconfig("metrics-server", "testcluster-metrics-server", adminsGroup)
	if err != nil {
		return err
	}
	ports, err := c.launch(ctx, c.metricsServer(kubeconfig))
	if err != nil {
		return err
	}
	manifest, err := render("manifests/metrics-api.yaml", "METRICS_PORT", fmt.Sprint(ports[0]),
		"CA_BUNDLE", base64.StdEncoding.EncodeToString(c.pki.CA.CertPEM))
	if err != nil {
		return err
	}
	return c.applier.apply(ctx, manifest, "")
}

// poll asks until done is true or the time is over.
func poll(ctx context.Context, timeout time.Duration, done func(context.Context) (bool, error)) error {
	return wait.PollUntilContextTimeout(ctx, pollInterval, timeout, true, done)
}
