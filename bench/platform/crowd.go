package platform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"opsbot/testcluster"
)

// crowdFile is a deployment that makes the platform's namespace larger. What its pods request decides what the simulated
// nodes say that they use.
const crowdFile = `apiVersion: apps/v1
kind: Deployment
metadata: {name: bench-crowd}
spec:
  replicas: %d
  selector: {matchLabels: {app: bench-crowd}}
  template:
    metadata: {labels: {app: bench-crowd}}
    spec:
      containers:
      - name: crowd
        image: crowd:1.0
        resources: {requests: {cpu: 10m, memory: 16Mi}}
`

// Gather adds so many pods and waits until they run and have been measured.
func (p *Platform) Gather(ctx context.Context, pods int) error {
	file := filepath.Join(p.home, "crowd.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, crowdFile, pods), 0o600); err != nil {
		return err
	}
	if err := p.run(ctx, "apply", "-n", testcluster.PlatformNamespace, "-f", file); err != nil {
		return err
	}
	if err := p.AwaitAvailable(ctx, testcluster.PlatformNamespace, 5*time.Minute); err != nil {
		return err
	}
	return p.AwaitMetrics(ctx, testcluster.PlatformNamespace, 3*time.Minute)
}

// Disperse returns once they are gone.
func (p *Platform) Disperse(ctx context.Context) error {
	return p.run(ctx, "delete", "deployment", "bench-crowd", "-n", testcluster.PlatformNamespace, "--cascade=foreground")
}
