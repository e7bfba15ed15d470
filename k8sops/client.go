package k8sops

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	metrics "k8s.io/metrics/pkg/client/clientset/versioned"

	"opsbot/messages"
)

// Cluster is one named cluster that opsbot looks after. Config authenticates as the bot's own account, which may do
// nothing but impersonate.
type Cluster struct {
	Name      string
	Namespace string
	Config    *rest.Config
	// Problem is why there is no Config.
	Problem error
	// Throttle bounds what is read for one person; nil bounds nothing.
	Throttle *Throttle
}

// Client acts as one Identity.
type Client struct {
	Kubernetes kubernetes.Interface
	Metrics    metrics.Interface
	// Dynamic reads and changes objects of kinds that opsbot does not know; nil over a fake clientset.
	Dynamic dynamic.Interface
	// Config is the impersonating configuration, for exec and other streams; nil over a fake clientset.
	Config *rest.Config
	// Exec runs commands in pods; nil means through the API server.
	Exec Executor
}

// As returns a client that impersonates id. It refuses an empty user: without one every request would run as the bot.
func (c *Cluster) As(id Identity) (*Client, error) {
	if id.User == "" {
		return nil, fmt.Errorf("impersonate on cluster %s: empty user", c.Name)
	}
	if c.Config == nil {
		return nil, &Error{
			Code: CodeUnavailable, Message: messages.New("k8sops.cluster.unreachable", "cluster", messages.Code(c.Name)),
			Hint: messages.New("k8sops.cluster.unreachable_hint"), Cause: c.Problem,
		}
	}
	config := rest.CopyConfig(c.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: id.User, Groups: id.Groups, Extra: withoutEmpty(id.Extra)}
	// The API server's own fairness limits us. Compression costs it more time than the network between two pods of a
	// cluster does.
	config.QPS = -1
	config.DisableCompression = true
	c.Throttle.apply(config, id.User)
	m, err := metrics.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("metrics client for %s on cluster %s: %w", id.User, c.Name, err)
	}
	d, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("dynamic client for %s on cluster %s: %w", id.User, c.Name, err)
	}
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client for %s on cluster %s: %w", id.User, c.Name, err)
	}
	return &Client{Kubernetes: kube, Metrics: m, Dynamic: d, Config: config}, nil
}

// withoutEmpty leaves out what says nothing: under constrained impersonation the API server refuses an extra without a value.
func withoutEmpty(extra map[string][]string) map[string][]string {
	said := map[string][]string{}
	for key, values := range extra {
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
		if len(values) > 0 {
			said[key] = values
		}
	}
	return said
}

// Executor runs commands in pods as the client's identity.
func (c *Client) Executor() Executor {
	if c.Exec != nil {
		return c.Exec
	}
	return remoteExecutor{config: c.Config, core: c.Kubernetes.CoreV1().RESTClient()}
}
