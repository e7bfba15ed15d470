package handlers

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// choicesLimit leaves half of the three seconds that a trigger is good for to opening the form.
const choicesLimit = 1500 * time.Millisecond

// choices lists what there is to choose from, by argument. What cannot be listed in time, or by this person, is typed.
func (d *Dispatcher) choices(ctx context.Context, id k8sops.Identity, user string, op *k8sops.Operation, given k8sops.Args) (map[string][]k8sops.Choice, error) {
	id.Extra = k8sops.Extra(k8sops.Source{User: user}, d.NewID())
	cluster := d.Clusters.Default()
	if name := given[k8sops.ClusterArg]; name != "" {
		var err error
		if cluster, err = d.Clusters.Find(name); err != nil {
			return nil, err
		}
	}
	client, err := cluster.As(id)
	switch {
	case k8sops.CodeOf(err) == k8sops.CodeUnavailable:
		return nil, nil // the person may choose another cluster
	case err != nil:
		return nil, err
	}
	call := &k8sops.Call{
		Operation: op, Args: given, Cluster: cluster.Name, Namespace: cluster.Namespace, Identity: id, Client: client,
		Source: k8sops.Source{User: user}, Now: d.Now(),
	}
	ctx, cancel := context.WithTimeout(ctx, choicesLimit)
	defer cancel()
	var mu sync.Mutex
	var group errgroup.Group
	choices := map[string][]k8sops.Choice{}
	for _, arg := range op.Args {
		offer := offerOf(arg)
		if offer == nil || arg.OfferNeeds != "" && given[arg.OfferNeeds] == "" {
			continue
		}
		group.Go(func() error {
			values, err := offer(ctx, call)
			if err != nil {
				d.Log.Info("nothing to choose from in a form", zap.String("operation", op.Name), zap.String("argument", arg.Name), zap.String("user", user), zap.Error(err))
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			choices[arg.Name] = values
			return nil
		})
	}
	return choices, group.Wait()
}

func offerOf(arg k8sops.Arg) func(context.Context, *k8sops.Call) ([]k8sops.Choice, error) {
	if arg.Offer == nil && arg.Kind == k8sops.KindWorkload {
		return kube.WorkloadNames
	}
	return arg.Offer
}
