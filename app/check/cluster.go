package check

import (
	"context"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// cluster checks that the bot may act as every configured person, and reports those it may not.
func (k *checker) cluster(ctx context.Context, c configs.Config) {
	cluster, err := configured.Cluster(c)
	if err != nil {
		k.problem(messages.New("check.cluster", "cause", err))
		return
	}
	for _, row := range configured.Identities(c) {
		if row.User != "" {
			k.identity(ctx, cluster, k8sops.Identity{User: row.User, Groups: row.Groups})
		}
	}
	if c.Kubernetes.Observe != 0 {
		k.identity(ctx, cluster, kube.Observer())
	}
}

func (k *checker) identity(ctx context.Context, cluster *k8sops.Cluster, id k8sops.Identity) {
	client, err := cluster.As(id)
	if err == nil {
		err = k8sops.CanActAs(ctx, client)
	}
	if err != nil {
		k.problem(messages.New("check.impersonation", "user", id.User, "cluster", cluster.Name, "cause", err))
		return
	}
	k.good(messages.New("check.impersonates", "user", id.User, "cluster", cluster.Name))
}
