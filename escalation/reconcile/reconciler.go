package reconcile

import (
	"context"
	"fmt"
	"time"

	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"

	"go.uber.org/zap"
)

// Alertmanager says what it holds.
type Alertmanager interface {
	Look(ctx context.Context) (Upstream, error)
}

// Reconciler compares what Alertmanager holds with what fires in incidents, and repairs what a lost webhook left wrong.
type Reconciler struct {
	Service      *engine.Service
	Alertmanager Alertmanager
	Every        time.Duration
	// Repaired is told how many alerts were found to fire or to have ended.
	Repaired func(fired, ended int)

	differences differences
}

// Run compares until ctx ends; it does not return before.
func (r *Reconciler) Run(ctx context.Context) error {
	for {
		if err := times.Wait(ctx, r.Every); err != nil {
			return err
		}
		if err := r.round(ctx); err != nil && ctx.Err() == nil {
			r.Service.Log.Error("incidents not compared with Alertmanager, trying again", zap.Error(err))
		}
	}
}

// round compares once. If it fails, differences seen before are forgotten: nobody knows whether they still exist.
func (r *Reconciler) round(ctx context.Context) error {
	before := r.differences
	r.differences = differences{}
	up, err := r.Alertmanager.Look(ctx)
	if err != nil {
		return err
	}
	// Alertmanager is asked first. An alert that comes in between already fires here, and does not seem missing.
	firing, err := r.Service.Alerts.Firing(ctx)
	if err != nil {
		return err
	}
	now, todo := before.compare(withoutWatchdog(r.Service.Watchdog, up), firing)
	if err := r.repair(ctx, todo, up.At); err != nil {
		return err
	}
	r.differences = now
	return nil
}

func (r *Reconciler) repair(ctx context.Context, todo repairs, at time.Time) error {
	found := todo.fired
	for number, fingerprints := range todo.gone {
		inc, err := r.Service.Store.Incident(ctx, number)
		if err != nil {
			return fmt.Errorf("end alerts of %s: %w", incident.Label(number), err)
		}
		if n := endingDelivery(inc, fingerprints, at); len(n.Alerts) > 0 {
			found = append(found, n)
		}
	}
	if len(found) == 0 {
		return nil
	}
	if err := r.Service.Observe(ctx, found...); err != nil {
		return fmt.Errorf("repair what webhooks did not tell: %w", err)
	}
	r.logRepairs(found)
	return nil
}

func (r *Reconciler) logRepairs(found []incident.Notification) {
	fired, ended := 0, 0
	for _, n := range found {
		for _, a := range n.Alerts {
			if a.Firing {
				fired++
			} else {
				ended++
			}
			r.Service.Log.Warn("Alertmanager's API told what no webhook did", zap.String("alert", a.Name()),
				zap.String("fingerprint", a.Fingerprint), zap.Bool("firing", a.Firing), zap.String("group", n.GroupKey))
		}
	}
	r.Repaired(fired, ended)
}
