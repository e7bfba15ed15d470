package engine

import (
	"context"
	"fmt"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"

	"go.uber.org/zap"
)

// Heartbeats stores when the Watchdog was received.
type Heartbeats interface {
	Heartbeat(ctx context.Context, alert string) (Heartbeat, error)
	// Beat stores when the alert was received, and how often in a row. An older time than the stored one changes nothing.
	Beat(ctx context.Context, alert string, at time.Time, run int) error
	// Missed stores since when its silence is an incident. The zero time ends that.
	Missed(ctx context.Context, alert string, at time.Time) error
}

// watchEvery is how often the Watchdog is checked. Its silence is minutes.
const watchEvery = 5 * time.Second

// Watch checks the Watchdog until ctx ends; it does not return before.
func (s *Service) Watch(ctx context.Context) error {
	started := s.Now()
	for {
		if err := s.checkWatchdog(ctx, started); err != nil && ctx.Err() == nil {
			s.Log.Error("watchdog not looked after, trying again", zap.Error(err))
		}
		if err := times.Wait(ctx, min(watchEvery, s.Watchdog.Silence/2)); err != nil {
			return err
		}
	}
}

// checkWatchdog reports a silence and its end. Reporting it twice is harmless, so the mark that it was reported is stored
// afterwards.
func (s *Service) checkWatchdog(ctx context.Context, started time.Time) error {
	w := s.Watchdog
	h, err := s.Heartbeats.Heartbeat(ctx, w.Alert)
	if err != nil {
		return err
	}
	now := s.Now()
	switch w.verdict(h, started, now) {
	case watchdogSilent:
		s.Log.Warn("watchdog is silent", zap.String("alert", w.Alert), zap.Time("last_heard", h.At))
		at := s.arrivals.at(now) // the next heartbeat is later than this, also if the clock is set back
		return s.reportSilence(ctx, w.report(h, true, at), at)
	case watchdogBack:
		s.Log.Info("watchdog is heard again", zap.String("alert", w.Alert))
		return s.reportSilence(ctx, w.report(h, false, s.arrivals.at(now)), time.Time{})
	}
	return nil
}

func (s *Service) reportSilence(ctx context.Context, n incident.Notification, missedAt time.Time) error {
	if err := s.Observe(ctx, n); err != nil {
		return err
	}
	return s.Heartbeats.Missed(ctx, s.Watchdog.Alert, missedAt)
}

// takeHeartbeats stores the Watchdog's heartbeat and returns all other deliveries.
func (s *Service) takeHeartbeats(ctx context.Context, deliveries []incident.Notification) ([]incident.Notification, error) {
	others, heard := s.Watchdog.Without(deliveries)
	if heard.IsZero() {
		return others, nil
	}
	if err := s.beat(ctx, heard); err != nil {
		return nil, fmt.Errorf("keep sign of life of %s: %w", s.Watchdog.Alert, err)
	}
	return others, nil
}

func (s *Service) beat(ctx context.Context, heard time.Time) error {
	w := s.Watchdog
	known, err := s.Heartbeats.Heartbeat(ctx, w.Alert)
	if err != nil {
		return err
	}
	now := w.beat(known, heard)
	if now.Run == 1 && known.Run > 0 {
		s.Log.Warn("watchdog comes too rarely to keep watch: shorten group_interval and repeat_interval of its route",
			zap.String("alert", w.Alert), zap.Duration("after", heard.Sub(known.At)), zap.Duration("silence", w.Silence))
	}
	if now.Run == runNeeded && known.Run < runNeeded {
		s.Log.Info("watchdog keeps watch", zap.String("alert", w.Alert), zap.Duration("silence", w.Silence))
	}
	return s.Heartbeats.Beat(ctx, w.Alert, now.At, now.Run)
}
