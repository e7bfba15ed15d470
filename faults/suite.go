package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"opsbot/internal/lab"
	"opsbot/testcluster"
)

// suite is what all rounds share: the programs, the control plane, the database server.
type suite struct {
	lab.Teardown
	root, dir  string
	opsbot     string // path of the program
	stepped    string // path of the program whose clock can be stepped, "" if no round needs it
	manager    string // path of Alertmanager
	manifest   []byte // opsbot's Slack app manifest
	kubeconfig string // kubeconfig of opsbot's service account
	cluster    *testcluster.Cluster
	postgres   *testcluster.Postgres // nil if no round needs it

	keep bool // the logs of every round

	mu       sync.Mutex
	progress io.Writer
}

// needs are what the rounds of a run are played on, beyond what every round is.
type needs struct{ postgres, stepped bool }

func needsOf(rounds []round) needs {
	var n needs
	for _, r := range rounds {
		n.postgres = n.postgres || r.fault.setup.postgres
		n.stepped = n.stepped || r.fault.setup.stepped
	}
	return n
}

func newSuite(ctx context.Context, n needs, progress io.Writer) (_ *suite, err error) {
	s := &suite{progress: progress}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.root, err = lab.SourceRoot(ctx); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "opsbot-faults-"); err != nil {
		return nil, err
	}
	s.Add("data directory", func() error { return os.RemoveAll(s.dir) })
	if s.manager, err = lab.FindProgram("prometheus-alertmanager", "alertmanager"); err != nil {
		return nil, err
	}
	steps := []func(context.Context) error{s.build, s.startCluster}
	if n.postgres {
		steps = append(steps, s.startPostgres)
	}
	if n.stepped {
		steps = append(steps, s.buildStepped)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *suite) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.progress, "· "+format+"\n", args...)
}

func (s *suite) build(ctx context.Context) (err error) {
	s.say("building opsbot")
	s.opsbot = filepath.Join(s.dir, "opsbot")
	if err := lab.BuildOpsbot(ctx, s.root, s.opsbot); err != nil {
		return err
	}
	s.manifest, err = lab.Output(ctx, s.opsbot, "manifest")
	return err
}

func (s *suite) buildStepped(ctx context.Context) error {
	s.say("building opsbot with a clock that can be stepped (minutes the first time)")
	overlay, err := writeOverlay(ctx, s.dir)
	if err != nil {
		return err
	}
	s.stepped = filepath.Join(s.dir, "opsbot-stepped")
	return lab.BuildOpsbot(ctx, s.root, s.stepped, "-overlay", overlay)
}

// startPostgres has room for the 20 connections of each opsbot. The server lies where its own account may look, outside of dir.
func (s *suite) startPostgres(ctx context.Context) (err error) {
	if s.postgres, err = testcluster.StartPostgres(ctx, "", "max_connections=500"); err == nil {
		s.Add("PostgreSQL", s.postgres.Close)
	}
	return err
}

// startCluster starts a control plane with the deployments that are scaled, and gives opsbot's account its rights.
func (s *suite) startCluster(ctx context.Context) (err error) {
	s.say("starting the control plane")
	if s.cluster, err = testcluster.Start(ctx, testcluster.Options{}); err != nil {
		return err
	}
	s.Add("control plane", s.cluster.Close)
	if err := s.cluster.CreateNamespace(ctx, testcluster.PlatformNamespace); err != nil {
		return err
	}
	for _, name := range workloads() {
		if err := s.cluster.Apply(ctx, fmt.Appendf(nil, workloadFile, name), testcluster.PlatformNamespace); err != nil {
			return err
		}
	}
	return s.grant(ctx)
}

func (s *suite) grant(ctx context.Context) error {
	const namespace, account = "opsbot", "opsbot"
	rights, err := os.ReadFile(filepath.Join(s.root, "deploy", "rbac.yaml"))
	if err != nil {
		return err
	}
	if err := s.cluster.CreateNamespace(ctx, namespace); err != nil {
		return err
	}
	if err := s.cluster.Apply(ctx, rights, namespace); err != nil {
		return err
	}
	config, err := s.cluster.ServiceAccountConfig(ctx, namespace, account)
	if err != nil {
		return err
	}
	s.kubeconfig = filepath.Join(s.dir, "kubeconfig")
	return s.cluster.WriteKubeconfig(s.kubeconfig, config, testcluster.PlatformNamespace)
}
