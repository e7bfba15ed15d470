package testcluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"opsbot/testcluster/host"
)

// Prometheus is a running Prometheus that scrapes nothing and holds a past that it was given.
type Prometheus struct {
	URL  string
	proc *host.Process
	dir  string
}

// StartPrometheus starts the machine's Prometheus (Debian package "prometheus") with data in the text form of OpenMetrics, without the EOF.
func StartPrometheus(ctx context.Context, data string) (*Prometheus, error) {
	dir, err := os.MkdirTemp("", "opsbot-prometheus-")
	if err != nil {
		return nil, fmt.Errorf("create Prometheus directory: %w", err)
	}
	p := &Prometheus{dir: dir}
	if err := p.start(ctx, data); err != nil {
		return nil, errors.Join(fmt.Errorf("start Prometheus (apt-get install prometheus): %w", err), p.Close())
	}
	return p, nil
}

func (p *Prometheus) start(ctx context.Context, data string) error {
	server, err := exec.LookPath("prometheus")
	if err != nil {
		return err
	}
	if err := host.WriteFiles(p.dir, map[string][]byte{"data.om": []byte(data + "# EOF\n"), "prometheus.yml": nil}); err != nil {
		return err
	}
	// One block for all: for every block promtool reads the whole file again.
	blocks := filepath.Join(p.dir, "tsdb")
	fill := exec.CommandContext(ctx, "promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=2400h", filepath.Join(p.dir, "data.om"), blocks)
	if out, err := fill.CombinedOutput(); err != nil {
		return fmt.Errorf("promtool: %w: %s", err, host.LastLines(string(out), 5))
	}
	for attempt := 1; ; attempt++ {
		ports, err := host.FreePorts(1)
		if err != nil {
			return err
		}
		address := host.Loopback(ports[0])
		p.URL = "http://" + address
		p.proc, err = host.Start(host.Program{Name: "prometheus", Path: server, Dir: p.dir, Env: host.ChildEnv(p.dir), Args: []string{
			"--config.file=" + filepath.Join(p.dir, "prometheus.yml"), "--storage.tsdb.path=" + blocks, "--storage.tsdb.retention.time=100y", "--web.listen-address=" + address,
		}}, p.dir)
		if err != nil {
			return err
		}
		if err = p.proc.WaitReady(ctx, p.answers); err == nil || !p.proc.LostPort() || attempt == bindAttempts {
			return err
		}
	}
}

func (p *Prometheus) answers(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/-/ready", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("Prometheus answers %s", resp.Status)
	}
	return nil
}

// Close stops the server and removes its data.
func (p *Prometheus) Close() error {
	if p.proc != nil {
		p.proc.Kill()
	}
	if err := os.RemoveAll(p.dir); err != nil {
		return fmt.Errorf("remove Prometheus data: %w", err)
	}
	return nil
}
