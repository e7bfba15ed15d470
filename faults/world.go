package main

import (
	"context"
	crand "crypto/rand"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"opsbot/internal/cable"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// world is what one round is played in: a Slack workspace, an Alertmanager, a database and the opsbots.
type world struct {
	lab.Teardown
	suite    *suite
	dir      string
	token    string
	pace     pace
	long     bool
	workload string // the deployment that is scaled
	slack    *slacksim.Workspace
	manager  *lab.Alertmanager
	platform *lab.Database // the platform's, which is restored; nil where the round needs none
	replicas []*replica
	intake   *intake
}

// pace is how long things take in a round.
type pace struct {
	window  time.Duration // in which alerts come and faults strike
	respond time.Duration // opsbot's deadline for an acknowledgement
	quiet   time.Duration // opsbot's quiet period
	settle  time.Duration // the longest that Slack may take to show how things are
}

func paceOf(r round) pace {
	switch {
	case r.long && r.fault.name == "away":
		return pace{window: 10 * time.Minute, respond: 5 * time.Minute, quiet: 3 * time.Second, settle: 3 * time.Minute}
	case r.long:
		return pace{window: time.Minute, respond: 20 * time.Second, quiet: 3 * time.Second, settle: 3 * time.Minute}
	default:
		return pace{window: 5 * time.Second, respond: 8 * time.Second, quiet: 3 * time.Second, settle: 3 * time.Minute}
	}
}

// outage is how long something stays away: up to the given time, in a long round all of it.
func (w *world) outage(random *rand.Rand, most time.Duration) time.Duration {
	if w.long {
		return most
	}
	return between(random, most/5, most)
}

// newWorld is a world in which nothing is running yet.
func newWorld(s *suite, r round, workload string) *world {
	return &world{suite: s, token: crand.Text(), pace: paceOf(r), long: r.long, workload: workload, dir: filepath.Join(s.Dir, r.name())}
}

// begin starts everything. What was started is closed by Close even when it fails.
func (w *world) begin(ctx context.Context, s setup) error {
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		return err
	}
	w.Add("directory", func() error { return os.RemoveAll(w.dir) })
	if err := setStep(w.stepFile(), 0); err != nil {
		return err
	}
	if err := w.startSlack(); err != nil {
		return err
	}
	if err := w.makeReplicas(ctx, s); err != nil {
		return err
	}
	return w.startPrograms(ctx)
}

func (w *world) stepFile() string { return filepath.Join(w.dir, "clock") }

func (w *world) startSlack() (err error) {
	if w.slack, err = w.suite.StartSlack(slacksim.Options{}); err != nil {
		return err
	}
	w.Add("Slack workspace", w.slack.Close)
	return nil
}

// makeReplicas gives each opsbot the same database, a file or PostgreSQL at the end of a cable of its own.
func (w *world) makeReplicas(ctx context.Context, s setup) error {
	program := w.suite.Opsbot
	if s.stepped {
		program = w.suite.stepped
	}
	if s.platform {
		if err := w.makePlatformDatabase(ctx); err != nil {
			return err
		}
	}
	var database *lab.Database
	if s.postgres {
		var err error
		if database, err = w.newDatabase(ctx); err != nil {
			return err
		}
	}
	for i := range max(s.replicas, 1) {
		storage, line, err := w.storage(database)
		if err != nil {
			return err
		}
		r, err := newReplica(w, i, program, storage, w.databaseConfig()+w.jobConfig(s.jobs))
		if err != nil {
			return err
		}
		r.cable = line
		w.Add("opsbot", func() error { r.kill(); return nil })
		w.replicas = append(w.replicas, r)
	}
	return nil
}

func (w *world) storage(database *lab.Database) (string, *cable.Cable, error) {
	if database == nil {
		return "sqlite://" + filepath.Join(w.dir, "opsbot.db"), nil, nil
	}
	line, err := cable.Lay(database.URL.Host)
	if err != nil {
		return "", nil, err
	}
	w.Add("cable", func() error { line.Close(); return nil })
	at := *database.URL
	at.Host = line.Addr()
	return at.String(), line, nil
}

// newDatabase makes a database of its own for the round.
func (w *world) newDatabase(ctx context.Context) (*lab.Database, error) {
	d, err := lab.NewDatabase(ctx, w.suite.postgres, strings.ReplaceAll(filepath.Base(w.dir), "-", "_"))
	if err == nil {
		w.Add("database", d.Drop)
	}
	return d, err
}

// startPrograms starts the opsbots, then Alertmanager, and returns once all is connected.
func (w *world) startPrograms(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("the round did not begin within a minute"))
	defer cancel()
	for _, r := range w.replicas {
		if err := r.start(); err != nil {
			return err
		}
	}
	deliverTo, err := w.serveIntake()
	if err != nil {
		return err
	}
	if err := w.startManager(ctx, deliverTo); err != nil {
		return err
	}
	return w.slack.WaitConnected(ctx, len(w.replicas))
}
