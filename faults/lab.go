package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"opsbot/testcluster"
)

// lab is what all rounds share: the programs, the control plane, the database server.
type lab struct {
	teardown
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

func newLab(ctx context.Context, n needs, progress io.Writer) (_ *lab, err error) {
	l := &lab{progress: progress}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	if l.root, err = sourceRoot(ctx); err != nil {
		return nil, err
	}
	if l.dir, err = os.MkdirTemp("", "opsbot-faults-"); err != nil {
		return nil, err
	}
	l.add("data directory", func() error { return os.RemoveAll(l.dir) })
	if l.manager, err = findProgram("prometheus-alertmanager", "alertmanager"); err != nil {
		return nil, err
	}
	steps := []func(context.Context) error{l.build, l.startCluster}
	if n.postgres {
		steps = append(steps, l.startPostgres)
	}
	if n.stepped {
		steps = append(steps, l.buildStepped)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *lab) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.progress, "· "+format+"\n", args...)
}

func (l *lab) build(ctx context.Context) (err error) {
	l.say("building opsbot")
	l.opsbot = filepath.Join(l.dir, "opsbot")
	if err := buildOpsbot(ctx, l.root, l.opsbot); err != nil {
		return err
	}
	l.manifest, err = output(ctx, l.opsbot, "manifest")
	return err
}

func (l *lab) buildStepped(ctx context.Context) error {
	l.say("building opsbot with a clock that can be stepped (minutes the first time)")
	overlay, err := writeOverlay(ctx, l.dir)
	if err != nil {
		return err
	}
	l.stepped = filepath.Join(l.dir, "opsbot-stepped")
	return buildOpsbot(ctx, l.root, l.stepped, "-overlay", overlay)
}

// startPostgres has room for the 20 connections of each opsbot. The server lies where its own account may look, outside of dir.
func (l *lab) startPostgres(ctx context.Context) (err error) {
	if l.postgres, err = testcluster.StartPostgres(ctx, "", "max_connections=500"); err == nil {
		l.add("PostgreSQL", l.postgres.Close)
	}
	return err
}

// startCluster starts a control plane with the deployments that are scaled, and gives opsbot's account its rights.
func (l *lab) startCluster(ctx context.Context) (err error) {
	l.say("starting the control plane")
	if l.cluster, err = testcluster.Start(ctx, testcluster.Options{}); err != nil {
		return err
	}
	l.add("control plane", l.cluster.Close)
	if err := l.cluster.CreateNamespace(ctx, testcluster.PlatformNamespace); err != nil {
		return err
	}
	for _, name := range workloads() {
		if err := l.cluster.Apply(ctx, fmt.Appendf(nil, workloadFile, name), testcluster.PlatformNamespace); err != nil {
			return err
		}
	}
	return l.grant(ctx)
}

func (l *lab) grant(ctx context.Context) error {
	const namespace, account = "opsbot", "opsbot"
	rights, err := os.ReadFile(filepath.Join(l.root, "deploy", "rbac.yaml"))
	if err != nil {
		return err
	}
	if err := l.cluster.CreateNamespace(ctx, namespace); err != nil {
		return err
	}
	if err := l.cluster.Apply(ctx, rights, namespace); err != nil {
		return err
	}
	config, err := l.cluster.ServiceAccountConfig(ctx, namespace, account)
	if err != nil {
		return err
	}
	l.kubeconfig = filepath.Join(l.dir, "kubeconfig")
	return l.cluster.WriteKubeconfig(l.kubeconfig, config, testcluster.PlatformNamespace)
}
