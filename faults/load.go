package main

import (
	"context"
	"time"

	"opsbot/faults/judge"
	"opsbot/internal/lab"
)

// tell lets the alerts of a story fire and end.
func (w *world) tell(ctx context.Context, s judge.Story) error {
	began := time.Now()
	await := func(at time.Duration) error { return lab.Sleep(ctx, time.Until(began.Add(at))) }
	alerts := s.Alerts()
	for i, at := range []time.Duration{s.Fires, s.Grows}[:len(alerts)] {
		if err := await(at); err != nil {
			return err
		}
		alerts[i].Began = time.Now()
		if err := w.put(ctx, alerts[i], true); err != nil {
			return err
		}
	}
	if s.Ends == 0 {
		return nil
	}
	if err := await(s.Ends); err != nil {
		return err
	}
	for _, a := range alerts {
		if err := w.put(ctx, a, false); err != nil {
			return err
		}
	}
	return nil
}
