// Package alertmanager runs a real Alertmanager as a child process, for the demo and the tests.
package alertmanager

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Process is a running Alertmanager, of the Debian package.
type Process struct {
	URL     string
	process *exec.Cmd
	ended   chan struct{}
}

// Start runs an Alertmanager at an address of loopback with its data in dir and waits until it is ready.
func Start(ctx context.Context, dir, addr, configuration string) (*Process, error) {
	binary, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		return nil, fmt.Errorf("Alertmanager is not installed (Debian package prometheus-alertmanager): %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("directory for Alertmanager: %w", err)
	}
	config := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(config, []byte(configuration), 0o600); err != nil {
		return nil, fmt.Errorf("configure Alertmanager: %w", err)
	}
	log, err := os.Create(filepath.Join(dir, "alertmanager.log"))
	if err != nil {
		return nil, fmt.Errorf("log of Alertmanager: %w", err)
	}
	defer log.Close() // the process has its own copy
	a := &Process{URL: "http://" + addr, ended: make(chan struct{})}
	a.process = exec.Command(binary, "--config.file="+config, "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+addr, "--web.external-url=http://"+addr, "--cluster.listen-address=")
	a.process.Stdout, a.process.Stderr = log, log
	a.process.SysProcAttr = dieWithParent()
	if err := a.process.Start(); err != nil {
		return nil, fmt.Errorf("start Alertmanager: %w", err)
	}
	go func() {
		_ = a.process.Wait() // its log says why it ended
		close(a.ended)
	}()
	if err := a.awaitReady(ctx); err != nil {
		_ = a.Close()
		return nil, fmt.Errorf("%w; its log is %s", err, log.Name())
	}
	return a, nil
}

func (a *Process) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL+"/-/ready", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-a.ended:
			return fmt.Errorf("Alertmanager ended at once")
		case <-ctx.Done():
			return fmt.Errorf("Alertmanager is not ready: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Close stops Alertmanager and waits for its end.
func (a *Process) Close() error {
	if err := a.process.Process.Signal(syscall.SIGTERM); err != nil {
		return nil // it has ended already
	}
	select {
	case <-a.ended:
		return nil
	case <-time.After(5 * time.Second):
		return a.process.Process.Kill()
	}
}

// Alert is one alert as Prometheus posts it to Alertmanager's API v2.
type Alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

// Post sends alerts the way Prometheus does.
func (a *Process) Post(ctx context.Context, alerts ...Alert) error {
	body, err := json.Marshal(alerts)
	if err != nil {
		return fmt.Errorf("encode alerts: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL+"/api/v2/alerts", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("post alerts: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("post alerts: Alertmanager answered %s", resp.Status)
	}
	return nil
}
