package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"opsbot/internal/lab"
	"opsbot/testcluster"
)

// suite is what all rounds share: the lab, the programs, the control plane, the database server.
type suite struct {
	*lab.Lab
	stepped    string // path of the program whose clock can be stepped, "" if no round needs it
	manager    string // path of Alertmanager
	kubeconfig string // kubeconfig of opsbot's service account
	cluster    *testcluster.Cluster
	postgres   *testcluster.Postgres // nil if no round needs it

	keep bool // the logs of every round
}

// needs are what the rounds of a run are played on, beyond what every round is.
type needs struct{ postgres, platform, stepped, jobs bool }

func needsOf(rounds []round) needs {
	var n needs
	for _, r := range rounds {
		n.platform = n.platform || r.fault.setup.platform
		n.postgres = n.postgres || r.fault.setup.postgres || r.fault.setup.platform
		n.stepped = n.stepped || r.fault.setup.stepped
		n.jobs = n.jobs || r.fault.setup.jobs
	}
	return n
}

func newSuite(ctx context.Context, n needs, progress io.Writer) (_ *suite, err error) {
	manager, err := lab.FindAlertmanager()
	if err != nil {
		return nil, err
	}
	l, err := lab.New(ctx, "faults", progress)
	if err != nil {
		return nil, err
	}
	s := &suite{Lab: l, manager: manager}
	steps := []func(context.Context) error{s.startCluster}
	if n.postgres {
		steps = append(steps, s.startPostgres)
	}
	if n.platform {
		steps = append(steps, s.startDatabasePod)
	}
	if n.jobs {
		steps = append(steps, s.grantJobs)
	}
	if n.stepped {
		steps = append(steps, s.buildStepped)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func (s *suite) buildStepped(ctx context.Context) error {
	s.Say("building opsbot with a clock that can be stepped (minutes the first time)")
	overlay, err := writeOverlay(ctx, s.Dir)
	if err != nil {
		return err
	}
	s.stepped = filepath.Join(s.Dir, "opsbot-stepped")
	return lab.BuildOpsbot(ctx, s.Root, s.stepped, "-overlay", overlay)
}

// startPostgres has room for the 20 connections of each opsbot. The server lies where its own account may look, outside of the
// lab's directory.
func (s *suite) startPostgres(ctx context.Context) (err error) {
	if s.postgres, err = testcluster.StartPostgres(ctx, "", "max_connections=500"); err == nil {
		s.Add("PostgreSQL", s.postgres.Close)
	}
	return err
}

// databasePod is the deployment whose programs reach the database server. The rights in deploy/rbac.yaml are made for that name.
const databasePod = "postgres"

// startDatabasePod makes the pod by which opsbot reaches the platform's databases.
func (s *suite) startDatabasePod(ctx context.Context) error {
	if err := s.cluster.Apply(ctx, databaseDeployment(databasePod), testcluster.PlatformNamespace); err != nil {
		return err
	}
	if err := s.cluster.ExecEnv(ctx, testcluster.PlatformNamespace, databasePod, s.postgres.Env()); err != nil {
		return err
	}
	return s.cluster.AwaitAvailable(ctx, testcluster.PlatformNamespace, time.Minute)
}

// startCluster starts a control plane with the deployments that are scaled, and gives opsbot's account its rights.
func (s *suite) startCluster(ctx context.Context) (err error) {
	s.Say("starting the control plane")
	if s.cluster, err = testcluster.Start(ctx, testcluster.Options{}); err != nil {
		return err
	}
	s.Add("control plane", s.cluster.Close)
	if err := s.cluster.CreateNamespace(ctx, testcluster.PlatformNamespace); err != nil {
		return err
	}
	for _, name := range workloads() {
		if err := s.cluster.Apply(ctx, scaledDeployment(name), testcluster.PlatformNamespace); err != nil {
			return err
		}
	}
	s.kubeconfig, err = s.Grant(ctx, s.cluster)
	return err
}
