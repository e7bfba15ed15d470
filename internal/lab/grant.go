package lab

import (
	"context"
	"os"
	"path/filepath"

	"opsbot/testcluster"
)

// Grant gives opsbot's service account in the cluster the rights of deploy/rbac.yaml, and returns a kubeconfig of the account.
func (l *Lab) Grant(ctx context.Context, cluster *testcluster.Cluster) (kubeconfig string, err error) {
	const namespace, account = "opsbot", "opsbot"
	rights, err := os.ReadFile(filepath.Join(l.Root, "deploy", "rbac.yaml"))
	if err != nil {
		return "", err
	}
	if err := cluster.CreateNamespace(ctx, namespace); err != nil {
		return "", err
	}
	if err := cluster.Apply(ctx, rights, namespace); err != nil {
		return "", err
	}
	config, err := cluster.ServiceAccountConfig(ctx, namespace, account)
	if err != nil {
		return "", err
	}
	kubeconfig = filepath.Join(l.Dir, "opsbot.kubeconfig")
	return kubeconfig, cluster.WriteKubeconfig(kubeconfig, config, testcluster.PlatformNamespace)
}
