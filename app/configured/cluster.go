package configured

import (
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"opsbot/configs"
	"opsbot/internal/version"
	"opsbot/k8sops"
)

// Cluster is the configured cluster: an explicit kubeconfig, else the pod's service account, else KUBECONFIG and
// ~/.kube/config as kubectl does it.
func Cluster(c configs.Config) (*k8sops.Cluster, error) {
	config, err := restConfig(c.Kubernetes)
	if err != nil {
		return nil, fmt.Errorf("kubernetes: no way to reach cluster %s: %w (set kubernetes.kubeconfig, or run in a pod with a service account)", c.Kubernetes.Name, err)
	}
	config.UserAgent = "opsbot/" + version.String()
	return &k8sops.Cluster{Name: c.Kubernetes.Name, Namespace: c.Kubernetes.Namespace, Config: config}, nil
}

func restConfig(k configs.Kubernetes) (*rest.Config, error) {
	if k.Kubeconfig == "" && k.Context == "" && os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		return rest.InClusterConfig()
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = k.Kubeconfig
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: k.Context}).ClientConfig()
}
