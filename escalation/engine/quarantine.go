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
	// setAsideTopic is the incident of deliveries that could not be taken in.
	setAsideTopic = "opsbot/intake"
	// setAsideFor is how long people are called because of it; the delivery itself stays for good.
	setAsideFor = 15 * time.Minute
)

// refusePanic makes an error of a panic: the next start would find the same delivery or deadline, and end in the same way.
func refusePanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: panic: %v\n%s", incident.ErrRefused, p, debug.Stack())
	}
}

func (s *Service) takeIn(ctx context.Context, deliveries ...incident.Notification) (err error) {
	defer refusePanic(&err)
	return s.Observe(ctx, deliveries...)
}

// isolate takes in one by one what cannot be taken in together. A delivery that can never be stored is set aside, and a
// person is called, rather than that all alerts wait behind it. After any other failure everything is tried again later.
func (s *Service) isolate(ctx context.Context, deliveries []incident.Notification) error {
	for _, n := range deliveries {
		err := s.takeIn(ctx, n)
		if !errors.Is(err, incident.ErrRefused) {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.setAside(ctx, n.JournalID, err); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) setAside(ctx context.Context, id int64, reason error) error {
	if err := s.quarantine(ctx, id, reason); err != nil {
		return err
	}
	s.uneasy.Store(true)
	return s.Worry(ctx, setAsideTopic, Concern{Name: "AlertsSetAside", Severity: incident.Critical, Since: s.Now(), Title: s.SetAside})
}

// calmDown ends the alerts of deliveries that were set aside a while ago, those of before a restart too.
func (s *Service) calmDown(ctx context.Context) error {
	if !s.uneasy.Load() {
		return nil
	}
	worries, err := s.Worries(ctx, setAsideTopic)
	if err != nil {
		return err
	}
	var over []incident.Alert
	for _, a := range worries {
		if s.Now().Sub(a.StartsAt) >= setAsideFor {
			over = append(over, a)
		}
	}
	s.uneasy.Store(len(over) < len(worries))
	return s.Relax(ctx, setAsideTopic, over...)
}
