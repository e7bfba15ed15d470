package configured

import (
	"errors"
	"fmt"
	"os"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"opsbot/configs"
	"opsbot/internal/version"
	"opsbot/k8sops"
)

// throttleBurst is how many seconds' worth of bytes may be read at once.
const throttleBurst = 16

// Clusters are the configured clusters. One that there is no way to, for example because its kubeconfig is missing, does not
// keep the others from being looked after; it is an error only where there is a way to none.
func Clusters(c configs.Config) (k8sops.Clusters, error) {
	var clusters k8sops.Clusters
	var problems []error
	throttle := &k8sops.Throttle{PerSecond: c.Limits.Megabytes << 20, Burst: throttleBurst * c.Limits.Megabytes << 20, Now: time.Now}
	for _, k := range c.AllClusters() {
		cluster, err := Cluster(k)
		if err != nil {
			problems = append(problems, err)
			cluster = &k8sops.Cluster{Name: k.Name, Namespace: k.Namespace, Problem: err}
		}
		cluster.Throttle = throttle
		clusters = append(clusters, cluster)
	}
	if len(problems) == len(clusters) {
		return nil, errors.Join(problems...)
	}
	return clusters, nil
}

// Cluster is one configured cluster: an explicit kubeconfig, else the pod's service account, else KUBECONFIG and
// ~/.kube/config as kubectl does it.
func Cluster(k configs.Kubernetes) (*k8sops.Cluster, error) {
	config, err := restConfig(k)
	if err != nil {
		return nil, fmt.Errorf("kubernetes: no way to reach cluster %s: %w (set its kubeconfig, or run in a pod with a service account)", k.Name, err)
	}
	config.WarningHandler = rest.NoWarnings{} // of what is only tried, too: they would stand between the lines of the log
	config.UserAgent = "opsbot/" + version.String()
	return &k8sops.Cluster{Name: k.Name, Namespace: k.Namespace, Config: config}, nil
}

func restConfig(k configs.Kubernetes) (*rest.Config, error) {
	if k.Kubeconfig == "" && k.Context == "" && os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		return rest.InClusterConfig()
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = k.Kubeconfig
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: k.Context}).ClientConfig()
}
