package app

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"opsbot/app/deliverywatch"
	"opsbot/bot/deliver"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// newDeliverer makes one for each time this opsbot leads: what the last one knew of Slack is old by then.
func (a *App) newDeliverer(watch *deliverywatch.Watch) *deliver.Worker {
	return deliver.New(deliver.Config{
		Slack: a.slack.Client(), HTTP: a.slack.HTTP, Outbox: a.store.Outbox(), Renderer: a.renderer, Self: a.self, IsShared: a.channels.IsShared, Page: a.pageOutcome,
		Divert: a.divert, ChannelClosed: watch.ChannelClosed, Failed: a.metrics.requestFailed, RepairPause: a.repairPause, Now: time.Now, Log: a.log.Named("delivery"),
	})
}

// newDeliveryWatch makes one for each time this opsbot leads, likewise; it lacks the delivery that it watches.
func (a *App) newDeliveryWatch() *deliverywatch.Watch {
	printer := a.texts.Printer(a.config.Locale, messages.Plain())
	return &deliverywatch.Watch{
		Outbox: a.store.Outbox(), Alerts: a.service, Connected: a.slackState.connected, SlackFailing: &a.slackFailing, Print: printer.Text,
		Updates: a.updates, Patience: a.patience, Now: time.Now, Log: a.log.Named("delivery"),
	}
}

// everybodyOnDuty are the Slack users of all roles who are on duty, or can be reached where nobody is.
func (a *App) everybodyOnDuty(ctx context.Context) []string {
	directory := a.knownDirectory(ctx)
	var users []string
	for _, role := range oncall.ContactRoles() {
		team := directory.OnCall(role, time.Now())
		if len(team) == 0 {
			team = directory.Reachable(role)
		}
		for _, c := range team {
			if c.Slack != "" && !slices.Contains(users, c.Slack) {
				users = append(users, c.Slack)
			}
		}
	}
	return users
}

// knownDirectory is who is on call or, where that is not known, the contact table.
func (a *App) knownDirectory(ctx context.Context) oncall.Directory {
	directory, err := a.roster.Directory(ctx)
	if err != nil {
		a.log.Error("who is on call is not known, using the contact table alone", zap.Error(err))
		return a.roster.Table
	}
	return directory
}

// divert finds a person for a message whose channel takes none any more: a system administrator, directly.
func (a *App) divert(ctx context.Context, row deliver.Row) string {
	directory := a.knownDirectory(ctx)
	for _, c := range append(directory.OnCall(oncall.System, time.Now()), directory.Reachable(oncall.System)...) {
		if c.Slack != "" && c.Slack != row.Channel {
			return c.Slack
		}
	}
	return ""
}
