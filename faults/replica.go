package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"opsbot/internal/cable"
	"opsbot/internal/lab"
)

// deadlinesFile has deadlines that pass within a round, and a thread of its own, to be counted, for every group. There is no
// Alertmanager to be asked: nothing repairs what a webhook lost.
const deadlinesFile = `escalation: {respond: %s}
incident: {quiet: %s, storm: {groups: 0}}
`

// replica is one opsbot. It is safe for concurrent use: several faults may strike at once.
type replica struct {
	program, config, log string
	env                  []string
	address              string
	cable                *cable.Cable // to the database; nil where that is a file

	mu      sync.Mutex
	process *lab.Process
}

// newReplica writes its configuration; start starts it.
func newReplica(w *world, number int, program, storage, more string) (*replica, error) {
	address, err := lab.FreeAddress()
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("opsbot-%d", number)
	r := &replica{
		program: program, address: address,
		config: filepath.Join(w.dir, name+".yaml"), log: filepath.Join(w.dir, name+".log"),
		env: []string{stepVariable + "=" + w.stepFile()},
	}
	return r, lab.Config{
		Slack: w.slack, Cluster: "faults", Kubeconfig: w.suite.kubeconfig, Listen: address, Token: w.token, Storage: storage,
		Backup: filepath.Join(w.dir, "backups"), Contacts: w.suite.Contacts(),
		More: fmt.Sprintf(deadlinesFile, w.pace.respond, w.pace.quiet) + more,
	}.Write(r.config)
}

func (r *replica) start() (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process != nil && r.process.Running() {
		return nil
	}
	r.process, err = lab.StartProcess(r.log, r.env, r.program, "serve", "--config", r.config)
	return err
}

func (r *replica) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process != nil {
		r.process.Kill()
	}
}

// running is false for one that ended by itself.
func (r *replica) running() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.process.Running()
}

// bounce kills it and, as a supervisor would, starts it again.
func (r *replica) bounce(ctx context.Context, gap time.Duration) error {
	r.kill()
	if err := lab.Sleep(ctx, gap); err != nil {
		return err
	}
	return r.start()
}

// leads reports whether it is the one that sends messages and watches deadlines.
func (r *replica) leads(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+"/metrics", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return err == nil && strings.Contains(string(body), "\nopsbot_leader 1\n")
}
