package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"opsbot/faults/judge"
	"opsbot/internal/lab"
)

// play plays a round on a world of its own and judges it. What keeps the round from being played is a problem, too.
func play(ctx context.Context, s *suite, r round, workload string, random *rand.Rand) (v played) {
	v.round = r
	w := newWorld(s, r, workload)
	defer func() {
		if s.keep || len(v.Problems) > 0 {
			v.logs = w.keepLogs(r)
		}
		if err := w.Close(); err != nil {
			v.Problems = append(v.Problems, err.Error())
		}
	}()
	if err := w.begin(ctx, r.fault.setup); err != nil {
		v.Problems = []string{"not played: " + err.Error()}
		return v
	}
	if r.fault.kills {
		w.slack.AllowViolation("posted_too_fast")
		w.slack.AllowViolation("ignored_retry_after")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 2*w.pace.window+4*time.Minute+w.pace.settle, fmt.Errorf("round %s took too long", r.name()))
	defer cancel()
	v.Verdict = w.play(ctx, r, random)
	return v
}

func (w *world) keepLogs(r round) string {
	dir, err := lab.KeepLogs(w.dir, "opsbot-faults-"+r.name()+"-")
	if err != nil {
		return err.Error()
	}
	return dir
}

// play lets the load and the fault come at the same time, has people take what is left, waits until all is quiet, and judges.
func (w *world) play(ctx context.Context, r round, random *rand.Rand) judge.Verdict {
	began := time.Now()
	stories, commands := newStories(random, w.pace.window), newCommands(random, w.pace.window)
	blow := rand.New(rand.NewPCG(random.Uint64(), random.Uint64())) //nolint:gosec // to be repeated, not to be secret
	failed := func(err error) judge.Verdict { return judge.Verdict{Problems: []string{err.Error()}} }

	if err := w.stir(ctx, r, stories, commands, blow); err != nil {
		return failed(err)
	}
	w.slack.ClearFaults() // what no request has met yet
	whole := time.Now()
	left := w.takeTheRest(ctx, stories)
	settled, slow := w.settle(ctx, stories)
	e, err := w.collect(ctx, w.intake.told(stories), commands, began)
	if err != nil {
		return failed(err)
	}
	if err := e.Write(filepath.Join(w.dir, "evidence.log")); err != nil {
		return failed(err)
	}
	v := judge.Evaluate(e)
	v.Converged, v.Deliveries = settled.Sub(whole), w.intake.deliveries()
	for _, err := range []error{left, slow} {
		if err != nil {
			v.Problems = append(v.Problems, err.Error())
		}
	}
	for _, bot := range w.replicas {
		if !bot.running() {
			v.Problems = append(v.Problems, "opsbot ended by itself; see "+bot.log)
		}
	}
	return v
}

// stir is the load and the fault. It returns when everything has been told and everything is whole again.
func (w *world) stir(ctx context.Context, r round, stories []judge.Story, commands []*judge.Command, random *rand.Rand) error {
	var c lab.Group
	for _, s := range stories {
		c.Go(func() error { return w.tell(ctx, s) })
	}
	c.Go(func() error { return w.operate(ctx, commands) })
	c.Go(func() error { return r.fault.strike(ctx, w, random, w.pace.window) })
	// People take what they see when they see it, and need not be waited for.
	for _, s := range stories {
		if s.Ack != judge.AckNever {
			go func() { _ = w.take(ctx, s, s.Ack) }()
		}
	}
	return c.Wait()
}

// takeTheRest waits until the ladder has been climbed for the incident that was left alone, and has everything taken that
// still fires.
func (w *world) takeTheRest(ctx context.Context, stories []judge.Story) error {
	ctx, cancel := context.WithTimeoutCause(ctx, w.pace.settle+2*w.pace.respond, errors.New("not everything could be taken"))
	defer cancel()
	if err := w.awaitEscalation(ctx, stories[0]); err != nil {
		return err
	}
	var c lab.Group
	for _, s := range stories {
		if s.Ends == 0 {
			c.Go(func() error { return w.take(ctx, s, judge.AckByPress) })
		}
	}
	return c.Wait()
}

// settle waits until every thread and every page shows how things are, and then until nothing has changed for three
// seconds. It returns when all was right.
func (w *world) settle(ctx context.Context, stories []judge.Story) (settled time.Time, err error) {
	err = lab.Poll(ctx, w.pace.settle, "the threads agree with the alerts", func() bool { return agree(w.intake.told(stories), w.posts()) })
	settled = time.Now()
	if err != nil {
		return settled, err
	}
	idle, cancel := context.WithTimeoutCause(ctx, w.pace.settle, fmt.Errorf("slack is not quiet within %s", w.pace.settle))
	defer cancel()
	return settled, w.slack.WaitIdle(idle, 3*time.Second)
}

// agree reports whether every story has a header that is right, and nobody is asked to acknowledge any more. A page that
// was on its way when a leader was killed is looked for only after a rest of 20 s (docs/adr/0006).
func agree(stories []judge.Story, posts []judge.Post) bool {
	headers := judge.HeadersAmong(posts)
	for _, s := range stories {
		if all := judge.HeadersOf(s, headers); len(all) == 0 || !s.Agrees(all[0].Text) {
			return false
		}
	}
	return !slices.ContainsFunc(posts, func(p judge.Post) bool { return p.IsPage() && p.OffersAck })
}
