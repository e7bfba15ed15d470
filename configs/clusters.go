package configs

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"opsbot/configs/settings"
)

// AllClusters are the clusters that opsbot looks after, the default one first: those under clusters, else the one under
// kubernetes. There is at least one.
func (c *Config) AllClusters() []Kubernetes {
	if len(c.Clusters) > 0 {
		return c.Clusters
	}
	return []Kubernetes{c.Kubernetes}
}

func (c *Config) clusterNames() []string {
	var names []string
	for _, k := range c.AllClusters() {
		names = append(names, k.Name)
	}
	return names
}

// ForCluster is the configuration with one of its clusters alone. Where there are several, the name says which.
func (c *Config) ForCluster(name string) (Config, error) {
	all, names := c.AllClusters(), c.clusterNames()
	at := slices.Index(names, name)
	switch {
	case name == "" && len(all) == 1:
		at = 0
	case name == "":
		return Config{}, fmt.Errorf("there are several clusters: give --cluster with one of %s", strings.Join(names, ", "))
	case at < 0:
		return Config{}, fmt.Errorf("there is no cluster %q: give --cluster with one of %s", name, strings.Join(names, ", "))
	}
	one := *c
	one.Kubernetes, one.Clusters = all[at], nil
	return one, nil
}

// SetDefaults gives an element of clusters the defaults of kubernetes. A name it must have itself.
func (k *Kubernetes) SetDefaults() {
	*k = Default().Kubernetes
	k.Name = ""
}

func (c *Config) validateClusters(ps *Problems) {
	if len(c.Clusters) == 0 {
		checkDNSLabel(ps, "kubernetes.name", c.Kubernetes.Name)
		c.Kubernetes.validate(ps, "kubernetes")
		return
	}
	if key := c.Kubernetes.changedKey(); key != "" {
		ps.Add("kubernetes."+key, "is set together with clusters", "make it one of the clusters, the first one if it is the default")
	}
	for i, k := range c.Clusters {
		path := fmt.Sprintf("clusters[%d]", i)
		k.validateName(ps, path+".name", c.Clusters[:i])
		k.validate(ps, path)
		k.validatePlace(ps, path, c.Clusters[:i])
	}
}

// changedKey is a key that is not as by default, "" where there is none.
func (k Kubernetes) changedKey() string {
	defaults := Default().Kubernetes
	usual := settings.Keys(reflect.ValueOf(&defaults).Elem(), "")
	for i, key := range settings.Keys(reflect.ValueOf(&k).Elem(), "") {
		if !key.Value.Equal(usual[i].Value) {
			return key.Path
		}
	}
	return ""
}

func (k Kubernetes) validateName(ps *Problems, path string, before []Kubernetes) {
	switch {
	case k.Name == "":
		ps.Add(path, "is missing", "give the cluster the name that people call it, such as prod")
	case slices.ContainsFunc(before, func(other Kubernetes) bool { return other.Name == k.Name }):
		ps.Add(path, fmt.Sprintf("%q appears twice", k.Name), "give each cluster its own name")
	default:
		checkDNSLabel(ps, path, k.Name)
	}
}

// validatePlace refuses one cluster under two names.
func (k Kubernetes) validatePlace(ps *Problems, path string, before []Kubernetes) {
	same := slices.IndexFunc(before, func(other Kubernetes) bool {
		return other.Kubeconfig == k.Kubeconfig && other.Context == k.Context && other.Namespace == k.Namespace
	})
	if same >= 0 {
		ps.Add(path, fmt.Sprintf("is the same cluster as clusters[%d]", same), "give the kubeconfig or the context of another one")
	}
}

func (k Kubernetes) validate(ps *Problems, path string) {
	checkDNSLabel(ps, path+".namespace", k.Namespace)
	if k.Observe != 0 {
		checkAtLeast(ps, path+".observe", k.Observe, time.Second)
	}
}
