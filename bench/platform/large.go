package platform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"opsbot/internal/lab"
	"opsbot/testcluster"
)

// Size of a cluster, beside what the platform itself has.
type Size struct{ Nodes, Services, PodsEach int }

// nodeFile is a simulated node like those of testcluster: it has kwok answer for its kubelet, and metrics-server ask it.
const nodeFile = `apiVersion: v1
kind: Node
metadata:
  name: %[1]s
  labels: {kubernetes.io/hostname: %[1]s, kubernetes.io/os: linux}
  annotations: {metrics.k8s.io/resource-metrics-path: /metrics/nodes/%[1]s/metrics/resource}
status:
  addresses: [{type: InternalIP, address: 127.0.0.1}, {type: Hostname, address: %[1]s}]
  allocatable: {cpu: "4", memory: 16Gi, pods: "110"}
  capacity: {cpu: "4", memory: 16Gi, pods: "110"}
---
`

// workloadFile and serviceFile are one of the services.
const (
	workloadFile = `apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  replicas: %[2]d
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s, bench: large}}
    spec:
      containers:
      - name: %[1]s
        image: "%[1]s:1.0"
        resources: {requests: {cpu: 10m, memory: 16Mi}}
---
`
	serviceFile = `apiVersion: v1
kind: Service
metadata: {name: %[1]s}
spec:
  selector: {app: %[1]s}
  ports: [{port: 80}]
---
`
)

// claimFile is a claim that nothing can ever bind.
const claimFile = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: bench-unbound}
spec:
  storageClassName: bench-missing
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
`

// Grow makes the cluster as large as that and breaks some of it: two services crash, one has an image that cannot be pulled,
// and a claim stays unbound. It waits until all else runs and has been measured. The Services come last: they would write their
// endpoints anew for every pod that becomes ready.
func (p *Platform) Grow(ctx context.Context, l *lab.Lab, s Size) error {
	pods := s.Services * s.PodsEach
	l.Say("adding %d nodes and %d pods (minutes)", s.Nodes, pods)
	if err := p.apply(ctx, stagesFile+s.nodes()+s.workloads()); err != nil {
		return err
	}
	if err := p.awaitPods(ctx); err != nil {
		return err
	}
	if err := p.apply(ctx, s.services()+claimFile); err != nil {
		return err
	}
	l.Say("waiting for metrics of %d pods", pods)
	if err := p.awaitUsage(ctx, pods); err != nil {
		return err
	}
	return p.breakSome(ctx)
}

// growthLimit is generous: on a busy machine the pods take a quarter of an hour.
const growthLimit = time.Hour

func (s Size) nodes() string {
	return repeat(s.Nodes, func(i int) string { return fmt.Sprintf(nodeFile, fmt.Sprintf("bench-node-%03d", i)) })
}

func (s Size) workloads() string {
	return repeat(s.Services, func(i int) string { return fmt.Sprintf(workloadFile, benchService(i), s.PodsEach) })
}

func (s Size) services() string {
	return repeat(s.Services, func(i int) string { return fmt.Sprintf(serviceFile, benchService(i)) })
}

func repeat(n int, document func(i int) string) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(document(i))
	}
	return all.String()
}

func benchService(i int) string { return fmt.Sprintf("bench-svc-%03d", i) }

func (p *Platform) breakSome(ctx context.Context) error {
	const namespace = testcluster.PlatformNamespace
	for i := range 2 {
		if err := p.CrashLoop(ctx, namespace, benchService(i)); err != nil {
			return err
		}
	}
	if err := p.BadImage(ctx, namespace, benchService(2)); err != nil {
		return err
	}
	return p.await(ctx, 2*time.Minute, "services are broken", func() (bool, error) {
		found, err := p.Findings(ctx, DailyCheck())
		return len(found) == 4, err
	})
}

// awaitPods waits until all pods are ready. Here and below testcluster's own wait would ask a large cluster too often.
func (p *Platform) awaitPods(ctx context.Context) error {
	return p.await(ctx, growthLimit, "all pods are ready", func() (bool, error) {
		table, err := p.output(ctx, "get", "deployments", "-n", testcluster.PlatformNamespace, "--no-headers")
		for row := range strings.Lines(table) {
			if cells := strings.Fields(row); len(cells) < 2 || !isReady(cells[1]) {
				return false, err
			}
		}
		return table != "", err
	})
}

// awaitUsage waits until so many pods have been measured.
func (p *Platform) awaitUsage(ctx context.Context, pods int) error {
	return p.await(ctx, 10*time.Minute, fmt.Sprintf("%d pods are measured", pods), func() (bool, error) {
		text, err := p.output(ctx, "top", "pods", "-n", testcluster.PlatformNamespace, "--no-headers")
		return strings.Count(text, "\n") >= pods, err
	})
}

// await asks every three seconds, and is no fool to one failure.
func (p *Platform) await(ctx context.Context, limit time.Duration, what string, done func() (bool, error)) error {
	var last error
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%s: not within %s", what, limit))
	defer cancel()
	for {
		var ok bool
		if ok, last = done(); ok && last == nil {
			return nil
		}
		if err := lab.Sleep(ctx, 3*time.Second); err != nil {
			return errors.Join(err, last)
		}
	}
}

func (p *Platform) apply(ctx context.Context, manifest string) error {
	file := filepath.Join(p.home, "large.yaml")
	if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
		return err
	}
	return p.run(ctx, "apply", "-n", testcluster.PlatformNamespace, "-f", file)
}
