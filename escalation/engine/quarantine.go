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
	// quarantineTopic is the incident of deliveries that could not be taken in.
	quarantineTopic = "opsbot/intake"
	// alertFor is how long people are called because of it; the delivery itself stays for good.
	alertFor = 15 * time.Minute
)

// refusePanic makes an error of a panic: the next start would find the same delivery or deadline, and end in the same way.
func refusePanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: panic: %v\n%s", incident.ErrRefused, p, debug.Stack())
	}
}

func (s *Service) ingest(ctx context.Context, deliveries ...incident.Notification) (err error) {
	defer refusePanic(&err)
	return s.Observe(ctx, deliveries...)
}

// ingestOneByOne takes in one by one what cannot be taken in together. A delivery that can never be stored is set aside, and a
// person is called, rather than that all alerts wait behind it. After any other failure everything is tried again later.
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

// clearAlert ends the alerts of deliveries that were set aside a while ago, those of before a restart too.
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
