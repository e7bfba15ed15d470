package check

import (
	"context"
	"time"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/k8sops/clusterevents"
	"opsbot/messages"
)

// clusterLimit is how long one cluster may take for an answer.
const clusterLimit = 10 * time.Second

// clusters checks every cluster. One that is away costs its own line only.
func (k *checker) clusters(ctx context.Context, c configs.Config) {
	all := c.AllClusters()
	for _, one := range all {
		cluster, err := configured.Cluster(one)
		if err != nil {
			k.problem(messages.New("check.cluster", "cause", err))
			continue
		}
		k.cluster(ctx, cluster, actors(c), len(all) > 1)
	}
}

// actors are those whom opsbot must be able to act as on a cluster.
func actors(c configs.Config) []k8sops.Identity {
	var ids []k8sops.Identity
	for _, row := range configured.Identities(c) {
		if row.User != "" {
			ids = append(ids, everyExtra(k8sops.Identity{User: row.User, Groups: row.Groups}))
		}
	}
	return append(ids, clusterevents.Observer())
}

// everyExtra is id with every extra that a call may carry: the bot's rights name each of them.
func everyExtra(id k8sops.Identity) k8sops.Identity {
	id.Extra = map[string][]string{}
	for _, key := range k8sops.ExtraKeys() {
		id.Extra[key] = []string{"check"}
	}
	return id
}

// cluster checks that the bot may act as everybody and do nothing else, and reports those it may not act as.
func (k *checker) cluster(ctx context.Context, cluster *k8sops.Cluster, ids []k8sops.Identity, ofSeveral bool) {
	ctx, cancel := context.WithTimeout(ctx, clusterLimit)
	defer cancel()
	acts, away := true, false
	for _, id := range ids {
		client, err := cluster.As(id)
		if err == nil {
			err = k8sops.CanActAs(ctx, client)
		}
		switch {
		case err == nil:
			k.good(messages.New("check.impersonates", "user", id.User, "cluster", cluster.Name))
		case ofSeveral && k8sops.CodeOf(k8sops.Explain("check", err)) == k8sops.CodeUnavailable:
			k.problem(messages.New("check.cluster_away", "cluster", cluster.Name, "cause", err))
			return
		default:
			acts, away = false, k8sops.CodeOf(k8sops.Explain("check", err)) == k8sops.CodeUnavailable
			k.problem(messages.New("check.impersonation", "user", id.User, "cluster", cluster.Name, "cause", err))
		}
	}
	if !away {
		k.rights(ctx, cluster, ids, acts)
	}
}
