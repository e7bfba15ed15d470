package k8sops

import (
	"maps"
	"slices"

	"opsbot/messages"
)

// Clusters are the clusters that opsbot looks after, each under a name of its own, at least one.
type Clusters []*Cluster

// Default is the cluster of a call that names none, where its place names none either.
func (c Clusters) Default() *Cluster { return c[0] }

// Several reports whether a call has to say which cluster it is about.
func (c Clusters) Several() bool { return len(c) > 1 }

// Names are in the order of the configuration.
func (c Clusters) Names() []string {
	names := make([]string, len(c))
	for i, cluster := range c {
		names[i] = cluster.Name
	}
	return names
}

// Find is the cluster of that name. An *Error of code not_found means that it is not configured, or not any more.
func (c Clusters) Find(name string) (*Cluster, error) {
	for _, cluster := range c {
		if cluster.Name == name {
			return cluster, nil
		}
	}
	return nil, &Error{Code: CodeNotFound, Message: messages.New("k8sops.cluster.unknown", "cluster", messages.Code(name))}
}

// ClusterArg is the argument of every operation on Kubernetes that names the cluster.
const ClusterArg = "cluster"

// AddClusterArg lets operations be called for one of the clusters. Where there is only one, its name is understood, but shown
// nowhere.
func AddClusterArg(ops []Operation, clusters []string) {
	if len(clusters) == 0 {
		return
	}
	arg := Arg{
		Name: ClusterArg, Kind: KindChoice, Choices: clusters, Hidden: len(clusters) == 1,
		Summary: messages.New("k8sops.arg.cluster"),
	}
	for i := range ops {
		ops[i].Args = append(slices.Clone(ops[i].Args), arg)
	}
}

// Shown are the arguments that people are told of.
func (op *Operation) Shown() []Arg {
	return slices.DeleteFunc(slices.Clone(op.Args), func(a Arg) bool { return a.Hidden })
}

// Asked are the arguments that a form asks for, the cluster first: what there is to choose from is different on each.
func (op *Operation) Asked() []Arg {
	args := op.Shown()
	if at := slices.IndexFunc(args, func(a Arg) bool { return a.Name == ClusterArg }); at > 0 {
		cluster := args[at]
		args = slices.Insert(slices.Delete(args, at, at+1), 0, cluster)
	}
	return args
}

// NameCluster makes a call's arguments name its cluster, where there are several. Its command line then means the same
// wherever somebody copies or presses it, and also once another cluster is the default.
func (op *Operation) NameCluster(args Args, cluster string) Args {
	arg, ok := op.Arg(ClusterArg)
	if !ok {
		return args
	}
	args = maps.Clone(args)
	if args == nil {
		args = Args{}
	}
	if arg.Hidden {
		delete(args, ClusterArg)
	} else {
		args[ClusterArg] = cluster
	}
	return args
}

// On is the invocation on a cluster, which need not be configured any more: that is found out when it is checked. A nil
// invocation stays nil, and one that is not about Kubernetes as it is.
func (i *Invocation) On(ops []Operation, cluster string) *Invocation {
	if i == nil {
		return nil
	}
	op, err := Find(ops, i.Operation)
	if err != nil {
		return i
	}
	if _, ok := op.Arg(ClusterArg); !ok {
		return i
	}
	args := Args{ClusterArg: cluster}
	for name, value := range i.Args {
		if name != ClusterArg {
			args[name] = value
		}
	}
	return &Invocation{Operation: i.Operation, Args: args}
}

// Beside makes another operation's invocation, which a call is about, one on the call's cluster. op is that operation as its
// family declares it.
func (c *Call) Beside(op *Operation, i *Invocation) {
	arg, ok := c.Operation.Arg(ClusterArg)
	if !ok {
		return
	}
	op.Args = append(slices.Clone(op.Args), arg)
	i.Args = op.NameCluster(i.Args, c.Cluster)
}
