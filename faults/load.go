package main

import (
	"context"
	"time"

	"opsbot/internal/lab"
)

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
		if err := w.put(ctx, alerts[i], true); err != nil {
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
		if err := w.put(ctx, a, false); err != nil {
			return err
		}
	}
	return nil
}
