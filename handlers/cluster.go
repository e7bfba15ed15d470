package handlers

import (
	"context"
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// clusterLabel is the label of an alert that says on which cluster it is.
const clusterLabel = "cluster"

// clustersOf are those of the configured clusters that the incident's alerts are on. Other values of the label mean nothing here.
func (d *Dispatcher) clustersOf(inc incident.Incident) []string {
	labelled := map[string]bool{}
	for _, a := range inc.Alerts {
		labelled[a.Labels[clusterLabel]] = true
	}
	return slices.DeleteFunc(d.Clusters.Names(), func(name string) bool { return !labelled[name] })
}

// chooseCluster is the cluster that a call is about: the one that it names, else that of the alerts in whose thread it was asked
// for, else the default one. Where the thread cannot tell which, the person must.
func (d *Dispatcher) chooseCluster(op *k8sops.Operation, args k8sops.Args, at place) (*k8sops.Cluster, error) {
	name := args[k8sops.ClusterArg]
	_, takes := op.Arg(k8sops.ClusterArg)
	switch {
	case name != "":
		return d.Clusters.Find(name)
	case !takes || !d.Clusters.Several():
		return d.Clusters.Default(), nil
	case at.err != nil:
		return nil, storageError(at.err)
	case len(at.clusters) == 1:
		return d.Clusters.Find(at.clusters[0])
	case len(at.clusters) > 1:
		return nil, d.whichCluster(op, args, at.clusters)
	}
	return d.Clusters.Default(), nil
}

// whichCluster asks on which of the clusters it is to be done.
func (d *Dispatcher) whichCluster(op *k8sops.Operation, args k8sops.Args, clusters []string) error {
	e := &k8sops.Error{
		Code: k8sops.CodeInvalid, Message: messages.New("cluster.which", "command", messages.Code("/"+k8sops.Canonical(op, args))),
		Hint: messages.New("cluster.which_hint"),
	}
	for _, name := range clusters {
		e.Suggest = append(e.Suggest, k8sops.Canonical(op, op.NameCluster(args, name)))
	}
	return e
}

// pinned is the card of a call with buttons that stay on the call's cluster, wherever the card stands.
func (d *Dispatcher) pinned(r calls.Record, card messages.Card) messages.Card {
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil || !d.Clusters.Several() {
		return card
	}
	if _, takes := op.Arg(k8sops.ClusterArg); !takes {
		return card
	}
	return d.onCluster(card, r.Cluster)
}

// onCluster is a card whose buttons for command lines are about a cluster.
func (d *Dispatcher) onCluster(card messages.Card, cluster string) messages.Card {
	card.Actions = d.actionsOn(card.Actions, cluster)
	card.Sections = slices.Clone(card.Sections)
	for i, s := range card.Sections {
		card.Sections[i].Actions = d.actionsOn(s.Actions, cluster)
		if s.Finding != nil && s.Finding.Action != nil {
			finding, action := *s.Finding, d.actionOn(*s.Finding.Action, cluster)
			finding.Action = &action
			card.Sections[i].Finding = &finding
		}
	}
	return card
}

func (d *Dispatcher) actionsOn(actions []messages.Action, cluster string) []messages.Action {
	actions = slices.Clone(actions)
	for i, a := range actions {
		actions[i] = d.actionOn(a, cluster)
	}
	return actions
}

func (d *Dispatcher) actionOn(a messages.Action, cluster string) messages.Action {
	if a.Name != calls.ActionRun && a.Name != calls.ActionForm {
		return a
	}
	line := cmdline.LineOn(d.Catalog, a.Value, cluster)
	if a.Label.Literal == "/"+a.Value {
		a.Label = messages.Literal("/" + line)
	}
	a.Value = line
	return a
}

// threadPatience is how long a form waits for the incident of its thread: it must open within three seconds (SF-3.1).
const threadPatience = 500 * time.Millisecond

// onFormCluster adds to the arguments that are given the cluster that is meant where nothing else is chosen, if that is clear.
func (d *Dispatcher) onFormCluster(ctx context.Context, req Request, op *k8sops.Operation, given k8sops.Args) k8sops.Args {
	if !d.Clusters.Several() {
		return given
	}
	ctx, cancel := context.WithTimeout(ctx, threadPatience)
	defer cancel()
	cluster, err := d.chooseCluster(op, given, d.placeOf(ctx, req.User, req.Channel, req.ThreadTS))
	if err != nil {
		return given
	}
	return op.NameCluster(given, cluster.Name)
}
