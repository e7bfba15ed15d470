package testcluster

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"opsbot/testcluster/host"
)

// bindAttempts is how often a program is started that loses its port to another one.
const bindAttempts = 5

// component is one program of the control plane: how to run it on given ports and, where it can tell, when it is ready.
type component struct {
	name  string
	ports int
	args  func(ports []int) []string
	// health is the URL that answers 200 when ready; empty for programs that are observed through their work.
	health func(ports []int) string
}

// launch starts a component and waits until it is ready, on other ports if it loses one to another program.
func (c *Cluster) launch(ctx context.Context, spec component) ([]int, error) {
	for attempt := 1; ; attempt++ {
		ports, err := host.FreePorts(spec.ports)
		if err != nil {
			return nil, err
		}
		proc, err := c.run(spec, ports)
		if err != nil {
			return nil, err
		}
		err = c.awaitHealth(ctx, proc, spec, ports)
		if err == nil {
			return ports, nil
		}
		if !proc.LostPort() || attempt == bindAttempts {
			return nil, fmt.Errorf("start %s: %w", spec.name, err)
		}
	}
}

func (c *Cluster) run(spec component, ports []int) (*host.Process, error) {
	program := host.Program{
		Name: spec.name,
		Path: c.tools.Program(programFile(spec.name)),
		Args: spec.args(ports),
		Env:  host.ChildEnv(c.dir),
		Dir:  c.dir,
	}
	proc, err := host.Start(program, c.logDir())
	if err != nil {
		return nil, err
	}
	c.onClose(func() error { proc.Kill(); return nil })
	return proc, nil
}

func (c *Cluster) awaitHealth(ctx context.Context, proc *host.Process, spec component, ports []int) error {
	if spec.health == nil {
		return nil
	}
	probe, err := c.pki.HealthProbe(spec.health(ports), c.probeClient)
	if err != nil {
		return err
	}
	return proc.WaitReady(ctx, probe)
}

// programFile differs for etcd, whose main package is called "server".
func programFile(component string) string {
	if component == "etcd" {
		return "server"
	}
	return component
}

func (c *Cluster) etcd() component {
	return component{
		name:  "etcd",
		ports: 2,
		args: func(ports []int) []string {
			client, peer := "https://"+host.Loopback(ports[0]), "http://"+host.Loopback(ports[1])
			return []string{
				// A directory per port set: an attempt that lost its port must not share data with the next.
				"--name=testcluster", "--data-dir=" + filepath.Join(c.dir, "etcd-"+strconv.Itoa(ports[0])),
				"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
				"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer,
				"--initial-cluster=testcluster=" + peer,
				"--cert-file=" + c.pki.Path("etcd.crt"), "--key-file=" + c.pki.Path("etcd.key"),
				"--trusted-ca-file=" + c.pki.Path("ca.crt"), "--client-cert-auth",
				"--unsafe-no-fsync", "--log-level=warn",
			}
		},
		health: func(ports []int) string { return "https://" + host.Loopback(ports[0]) + "/health" },
	}
}

func (c *Cluster) apiServer(etcdPort int) component {
	return component{
		name:  "kube-apiserver",
		ports: 1,
		args: func(ports []int) []string {
			return append(c.apiServerTLS(),
				"--feature-gates="+c.options.FeatureGates,
				"--etcd-servers=https://"+host.Loopback(etcdPort),
				"--bind-address=127.0.0.1", "--secure-port="+strconv.Itoa(ports[0]),
				"--authorization-mode=RBAC", "--anonymous-auth=false",
				"--service-account-issuer=https://kubernetes.default.svc",
				"--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none",
				"--allow-privileged", "--profiling=false",
				"--audit-policy-file="+filepath.Join(c.dir, auditPolicyFile), "--audit-log-path="+c.AuditLog(),
			)
		},
		health: func(ports []int) string { return "https://" + host.Loopback(ports[0]) + "/readyz" },
	}
}

func (c *Cluster) apiServerTLS() []string {
	return []string{
		"--tls-cert-file=" + c.pki.Path("apiserver.crt"), "--tls-private-key-file=" + c.pki.Path("apiserver.key"),
		"--client-ca-file=" + c.pki.Path("ca.crt"), "--cert-dir=" + c.pki.Dir,
		"--etcd-cafile=" + c.pki.Path("ca.crt"),
		"--etcd-certfile=" + c.pki.Path("etcd-client.crt"), "--etcd-keyfile=" + c.pki.Path("etcd-client.key"),
		"--kubelet-certificate-authority=" + c.pki.Path("ca.crt"),
		// The simulated nodes' host names resolve nowhere.
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-key-file=" + c.pki.Path("service-account.key"),
		"--service-account-signing-key-file=" + c.pki.Path("service-account.key"),
		"--requestheader-client-ca-file=" + c.pki.Path("front-ca.crt"), "--requestheader-allowed-names=front-proxy",
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + c.pki.Path("front-proxy.crt"),
		"--proxy-client-key-file=" + c.pki.Path("front-proxy.key"),
	}
}

func (c *Cluster) controllerManager(kubeconfig string) component {
	return component{
		name: "kube-controller-manager",
		args: func([]int) []string {
			return []string{
				"--kubeconfig=" + kubeconfig, "--secure-port=0", "--leader-elect=false", "--profiling=false",
				"--use-service-account-credentials", "--root-ca-file=" + c.pki.Path("ca.crt"),
				"--service-account-private-key-file=" + c.pki.Path("service-account.key"),
				"--kube-api-qps=200", "--kube-api-burst=400",
				// The defaults would have a person in front of the demo wait for minutes.
				"--horizontal-pod-autoscaler-sync-period=5s",
				"--horizontal-pod-autoscaler-initial-readiness-delay=1s",
				"--horizontal-pod-autoscaler-cpu-initialization-period=1s",
				"--horizontal-pod-autoscaler-downscale-stabilization=30s",
			}
		},
	}
}

func (c *Cluster) scheduler(kubeconfig string) component {
	return component{
		name: "kube-scheduler",
		args: func([]int) []string {
			return []string{
				"--kubeconfig=" + kubeconfig, "--secure-port=0", "--leader-elect=false", "--profiling=false",
				"--kube-api-qps=200", "--kube-api-burst=400",
			}
		},
	}
}

func (c *Cluster) kwok(kubeconfig string) component {
	return component{
		name:  "kwok",
		ports: 1,
		args: func(ports []int) []string {
			return []string{
				"--kubeconfig=" + kubeconfig, "--manage-all-nodes", "--node-ip=127.0.0.1", "-v=WARN",
				// Without leases the controller manager takes the nodes for dead after 50 s.
				"--node-lease-duration-seconds=40",
				"--node-port=" + strconv.Itoa(ports[0]), "--server-address=" + host.Loopback(ports[0]),
				"--tls-cert-file=" + c.pki.Path("kwok.crt"), "--tls-private-key-file=" + c.pki.Path("kwok.key"),
				"--enable-crds=Stage,Exec,ClusterExec,Logs,ClusterLogs,Metric,ResourceUsage,ClusterResourceUsage",
			}
		},
		health: func(ports []int) string { return "https://" + host.Loopback(ports[0]) + "/healthz" },
	}
}

func (c *Cluster) metricsServer(kubeconfig string) component {
	return component{
		name:  "metrics-server",
		ports: 1,
		args: func(ports []int) []string {
			return []string{
				"--kubeconfig=" + kubeconfig, "--authentication-kubeconfig=" + kubeconfig,
				"--authorization-kubeconfig=" + kubeconfig,
				"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(ports[0]),
				"--tls-cert-file=" + c.pki.Path("metrics-server.crt"),
				"--tls-private-key-file=" + c.pki.Path("metrics-server.key"),
				"--kubelet-certificate-authority=" + c.pki.Path("ca.crt"),
				"--kubelet-use-node-status-port", "--kubelet-preferred-address-types=InternalIP",
				// 10 s is the least that metrics-server accepts.
				"--metric-resolution=10s", "--kubelet-request-timeout=5s",
			}
		},
		health: func(ports []int) string { return "https://" + host.Loopback(ports[0]) + "/livez" },
	}
}
