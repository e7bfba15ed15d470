package k8sops

import "opsbot/messages"

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
