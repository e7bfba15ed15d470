package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"opsbot/app/configured"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

func (a *App) makeService(context.Context) error {
	policy, err := configured.Policy(a.config, a.channel)
	if err != nil {
		return err
	}
	policy.UpdatesChannel = a.updates
	plain := a.texts.Printer(a.config.Locale, messages.Plain())
	a.service, err = engine.New(engine.Config{
		QuarantineTitle: plain.Text(messages.New("escalation.set_aside")),
		Journal:         a.store, Store: a.store, Openings: a.store, Queries: a.store, Alerts: a.store, Policy: policy, Current: slackLastDirectories{a.roster, &a.slackFailing},
		Now: time.Now, Log: a.log.Named("incidents"), Watchdog: newWatchdog(a.config, a.texts), Heartbeats: a.store, OnPages: a.paging.wake,
		OnOutcome: a.metrics.page,
	})
	if err != nil {
		return err
	}
	a.reconciler, err = newReconciler(a.config.Alertmanager, a.service, a.metrics, a.log.Named("alertmanager"))
	return err
}

// slackLastDirectories is the contact table, in which Slack comes last while it is what fails: nobody waits for a page over it then.
type slackLastDirectories struct {
	oncall.Directories
	slackFailing *atomic.Bool
}

func (r slackLastDirectories) Directory(ctx context.Context) (oncall.Directory, error) {
	directory, err := r.Directories.Directory(ctx)
	if err == nil && r.slackFailing.Load() {
		directory = directory.WithLast(oncall.ViaSlack)
	}
	return directory, err
}

// pageOutcome tells the page ledger what became of a page's message.
func (a *App) pageOutcome(ctx context.Context, pageID string, delivered bool, cause error) error {
	state, reason := incident.PageDelivered, ""
	if !delivered {
		state = incident.PageFailed
	}
	if cause != nil {
		reason = cause.Error()
	}
	err := a.service.PageOutcome(ctx, pageID, state, reason)
	if errors.Is(err, incident.ErrNotFound) {
		return nil // nobody keeps a ledger for it any more
	}
	return err
}
