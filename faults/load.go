package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"opsbot/internal/lab"
)

// crowd runs what goes on at once in a round, and keeps the errors.
type crowd struct {
	group sync.WaitGroup
	mu    sync.Mutex
	err   error
}

func (c *crowd) goes(do func() error) {
	c.group.Go(func() {
		if err := do(); err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.err = errors.Join(c.err, err)
		}
	})
}

func (c *crowd) wait() error {
	c.group.Wait()
	return c.err
}

// tell lets the alerts of a story fire and end.
func (w *world) tell(ctx context.Context, s story) error {
	began := time.Now()
	await := func(at time.Duration) error { return lab.Sleep(ctx, time.Until(began.Add(at))) }
	alerts := s.alerts()
	for i, at := range []time.Duration{s.fires, s.grows}[:len(alerts)] {
		if err := await(at); err != nil {
			return err
		}
		alerts[i].began = time.Now()
		if err := w.manager.put(ctx, alerts[i], true); err != nil {
			return err
		}
	}
	if s.ends == 0 {
		return nil
	}
	if err := await(s.ends); err != nil {
		return err
	}
	for _, a := range alerts {
		if err := w.manager.put(ctx, a, false); err != nil {
			return err
		}
	}
	return nil
}
