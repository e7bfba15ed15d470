package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"opsbot/configs"
	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/catalog"
	"opsbot/k8sops/kube"
)

// clusterOf is the configured cluster: an explicit kubeconfig, else the pod's service account, else KUBECONFIG and
// ~/.kube/config as kubectl does it.
func clusterOf(c configs.Config) (*k8sops.Cluster, error) {
	config, err := restConfig(c.Kubernetes)
	if err != nil {
		return nil, fmt.Errorf("kubernetes: no way to reach cluster %s: %w (set kubernetes.kubeconfig, or run in a pod with a service account)", c.Kubernetes.Name, err)
	}
	config.UserAgent = "opsbot/" + version()
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

// fullCatalog is every operation: those on Kubernetes, on incidents and on who is on call, sorted by name.
func fullCatalog(c configs.Config, backups backup.Store, incidents handlers.Incidents, timelines handlers.Timelines, assignable handlers.Assignable, onCall handlers.OnCall) ([]k8sops.Operation, error) {
	deps := catalog.Default()
	deps.Backups, deps.Retention = backups, c.Backup.Retention
	deps.Database = kube.Database{Deployment: c.Database.Deployment, Name: c.Database.Name, User: c.Database.User}
	deps.Protected, deps.DefaultMinReplicas = c.Approval.Protected, c.Approval.MinReplicas
	more := handlers.IncidentOperations(incidents, timelines, assignable, c.Locale, time.Now)
	followUps := handlers.FollowUps{Incidents: incidents, Assignable: assignable, Zone: onCall.Zone, Now: time.Now}
	more = append(more, followUps.Operations()...)
	return catalog.New(deps, append(more, onCall.Operations()...)...)
}

// describedCatalog is the catalogue for reading only: for manifests, RBAC and documents, where nothing is run.
func describedCatalog(c configs.Config) ([]k8sops.Operation, error) {
	return fullCatalog(c, nil, nil, nil, nil, handlers.OnCall{})
}

// openBackups opens backup.url; a local directory is made if it is missing.
func openBackups(ctx context.Context, c configs.Config) (*backup.BlobStore, error) {
	url := c.Backup.URL.String()
	if dir, ok := strings.CutPrefix(url, "file://"); ok {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("backup.url %s: %w", url, err)
		}
		url += "?no_tmp_dir=true&metadata=skip" // the temporary file beside the final one: a rename, never a copy
	}
	store, err := backup.Open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("backup.url: %w", err)
	}
	return store, nil
}

// Where the bot's own account lives, in the generated RBAC and in the demo.
const (
	botNamespace = "opsbot"
	botAccount   = "opsbot"
)

// rbacOptions grant what the configuration needs and nothing else.
func rbacOptions(c configs.Config) k8sops.RBACOptions {
	users, groups := impersonated(c)
	own := k8sops.OwnGroups()
	groups = slices.DeleteFunc(groups, func(g string) bool { return slices.Contains(own, g) })
	return k8sops.RBACOptions{
		Namespaces: []string{c.Kubernetes.Namespace}, BotNamespace: botNamespace, BotName: botAccount, Users: users, Groups: groups,
	}
}
