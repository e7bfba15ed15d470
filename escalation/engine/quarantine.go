package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"opsbot/escalation/incident"
)

const (
	// quarantineTopic is the group of the alert about quarantined deliveries.
	quarantineTopic = "opsbot/intake"
	// alertFor is how long that alert fires. The delivery itself is kept for good.
	alertFor = 15 * time.Minute
)

// refusePanic turns a panic into an error: otherwise every restart would find the same delivery or deadline and panic again.
func refusePanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: panic: %v\n%s", incident.ErrRefused, p, debug.Stack())
	}
}

func (s *Service) ingest(ctx context.Context, deliveries ...incident.Notification) (err error) {
	defer refusePanic(&err)
	return s.Observe(ctx, deliveries...)
}

// ingestOneByOne is for deliveries that cannot be ingested together. One that can never be stored is quarantined, and people
// are alerted, so that it does not block all others. After any other failure everything is tried again later.
func (s *Service) ingestOneByOne(ctx context.Context, deliveries []incident.Notification) error {
	for _, n := range deliveries {
		err := s.ingest(ctx, n)
		if !errors.Is(err, incident.ErrRefused) {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.quarantineAndAlert(ctx, n.JournalID, err); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) quarantineAndAlert(ctx context.Context, id int64, reason error) error {
	if err := s.quarantine(ctx, id, reason); err != nil {
		return err
	}
	s.mayAlert.Store(true)
	return s.Raise(ctx, quarantineTopic, SelfAlert{Name: "AlertsSetAside", Severity: incident.Critical, Since: s.Now(), Title: s.QuarantineTitle})
}

// clearAlert ends alerts about deliveries that were quarantined a while ago, also before a restart.
func (s *Service) clearAlert(ctx context.Context) error {
	if !s.mayAlert.Load() {
		return nil
	}
	active, err := s.Active(ctx, quarantineTopic)
	if err != nil {
		return err
	}
	var over []incident.Alert
	for _, a := range active {
		if s.Now().Sub(a.StartsAt) >= alertFor {
			over = append(over, a)
		}
	}
	s.mayAlert.Store(len(over) < len(active))
	return s.Clear(ctx, quarantineTopic, over...)
}
