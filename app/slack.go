package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/bot/setup"
	"opsbot/messages"
)

// connectSlack tries until Slack answers. What a person must mend, such as a wrong token, is an error at once. An opsbot that
// was in Slack before starts with what it knows: it has to page, be it by other channels.
func (a *App) connectSlack(ctx context.Context) error {
	a.slack = configured.SlackConnection(a.config)
	pause := time.Second
	for {
		err := a.trySlack(ctx)
		if err == nil {
			a.saveSnapshot(ctx)
			return nil
		}
		if known, ok := a.loadSnapshot(ctx); ok {
			a.log.Error("Slack cannot be used, starting with what is known of it", zap.Error(err))
			return a.useSnapshot(ctx, known)
		}
		if _, wrong := errors.AsType[*slackRefusal](err); wrong {
			return err
		}
		a.log.Error("Slack cannot be reached, trying again; alerts are taken in meanwhile", zap.Error(err), zap.Duration("pause", pause))
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
		pause = min(2*pause, 30*time.Second)
	}
}

func (a *App) trySlack(ctx context.Context) error {
	report, err := setup.Check(ctx, a.slack, a.config.Slack.IncidentChannel)
	if err != nil {
		return err
	}
	if !report.OK() {
		return slackProblems(a.texts, report)
	}
	a.setIdentity(report.Self, report.IncidentChannel)
	if err := a.findUpdatesChannel(ctx); err != nil {
		return err
	}
	if err := a.findAuditChannel(ctx); err != nil {
		return err
	}
	a.tellSharedChannels(ctx)
	return a.resolveContacts(ctx)
}

// setIdentity takes note of who opsbot is in Slack.
func (a *App) setIdentity(self bot.Self, channel string) {
	a.self, a.channel = self, channel
	a.people = directory.NewPeople(a.slack.Client(), a.self, time.Now)
	a.channels = &directory.Channels{
		Slack: a.slack.Client(), Allowed: a.config.Slack.SharedChannels, Trusted: a.config.Slack.TrustedChannels, Now: time.Now, Log: a.log.Named("channels"),
	}
}

// findUpdatesChannel looks for the channel of the updates for stakeholders. One that cannot be used keeps no page from going out:
// it is logged, and `opsbot check` reports it.
func (a *App) findUpdatesChannel(ctx context.Context) error {
	name := a.config.Incident.UpdatesChannel
	if name == "" {
		return nil
	}
	id, finding, err := setup.CheckUpdatesChannel(ctx, a.slack, name)
	if err != nil {
		return err
	}
	if a.updates = id; id == "" {
		printer := a.texts.Printer(messages.English, messages.Plain())
		a.log.Error("no updates for stakeholders", zap.String("problem", printer.Text(finding.Text)), zap.String("remedy", printer.Text(finding.Next)))
	}
	return nil
}

// findAuditChannel is findUpdatesChannel for the checkpoints of the audit record.
func (a *App) findAuditChannel(ctx context.Context) error {
	name := a.config.Audit.Channel
	if name == "" {
		return nil
	}
	id, finding, err := setup.CheckAuditChannel(ctx, a.slack, name)
	if err != nil {
		return err
	}
	if a.auditChannel = id; id == "" {
		printer := a.texts.Printer(messages.English, messages.Plain())
		a.log.Error("no audit checkpoints in Slack", zap.String("problem", printer.Text(finding.Text)), zap.String("remedy", printer.Text(finding.Next)))
	}
	return nil
}

// tellSharedChannels says at the start what the first withheld message will raise an alert about.
func (a *App) tellSharedChannels(ctx context.Context) {
	for _, channel := range []string{a.channel, a.updates, a.auditChannel} {
		if shared, err := a.channels.IsShared(ctx, channel); shared && err == nil {
			a.log.Error("other organisations read a channel that opsbot writes in: it will write nothing there", zap.String("channel", channel),
				zap.String("remedy", "give it back, or list it in slack.shared_channels"))
		}
	}
}

// slackProblems is everything that keeps opsbot out of Slack, as one error.
func slackProblems(texts *messages.Catalogue, report setup.Report) error {
	printer := texts.Printer(messages.English, messages.Plain())
	var problems []error
	for _, f := range report.Findings {
		if !f.OK {
			problems = append(problems, fmt.Errorf("slack: %s %s", printer.Text(f.Text), printer.Text(f.Next)))
		}
	}
	return &slackRefusal{errors.Join(problems...)}
}

// slackRefusal is what a person has to mend before opsbot can work; trying again is of no use.
type slackRefusal struct{ error }

func (r *slackRefusal) Unwrap() error { return r.error }
