package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/app/reports"
	"opsbot/bot/deliver"
	"opsbot/bot/events"
	"opsbot/bot/surfaces"
	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/handlers/guide"
	"opsbot/handlers/home"
	"opsbot/handlers/quota"
	"opsbot/k8sops/clusterevents"
	"opsbot/store"
)

func (a *App) makeDispatcher(context.Context) error {
	clusters, err := configured.Clusters(a.config)
	if err != nil {
		return err
	}
	for _, cluster := range clusters {
		if cluster.Problem != nil {
			a.log.Error("a cluster cannot be looked after", zap.String("cluster", cluster.Name), zap.Error(cluster.Problem))
		}
	}
	a.clusterEvents = newClusterEventRecorders(a.config, clusters, a.service)
	incidents := incidentSource{a.service, a.store}
	people := slackPeople{a.people}
	identities := a.identities()
	a.audited = &audit.Refusals{Next: a.store, Now: time.Now, Log: a.log.Named("audit")}
	a.accounted = handlers.AccountedIncidents{Next: incidents, Audit: a.audited, Identities: identities, Now: time.Now, Log: a.log.Named("calls")}
	assignable := func(ctx context.Context, user string) error {
		_, err := identities.Identify(ctx, user)
		return err
	}
	graphs, err := reports.NewCharts(a.config, time.Now, a.log.Named("graphs"))
	if err != nil {
		return err
	}
	reports := reports.Writer{
		Store: a.store, Archive: store.Archive{Dir: a.config.Storage.Archive}, Texts: a.texts, Directory: a.roster.Table, People: a.people, Charts: graphs,
		Canvases: surfaces.Canvases{Slack: a.slack.Client(), IsShared: a.channels.IsShared},
	}
	catalog, err := configured.Catalog(a.config, configured.Sources{
		Backups: a.backups, Schedules: a.store, Findings: a.store, Runbooks: a.store.Runbooks(), Incidents: incidents, Timelines: reports, Assignable: assignable, OnCall: a.onCall(people, identities),
		Runs: runControl{a}, Approvals: runControl{a},
	})
	if err != nil {
		return err
	}
	reader := &events.MessageReader{Slack: a.slack.Client(), Names: a.people}
	a.dispatcher = &handlers.Dispatcher{
		Catalog: catalog, Clusters: clusters, Identities: identities, People: people,
		Readers: &handlers.ChannelReaders{Viewer: clusterevents.Observer(), IsTrusted: a.channels.IsTrusted},
		Calls:   a.store, Shared: a.store, Schedules: a.store, Audit: a.audited, Refusals: a.audited, Outbox: a.store,
		Freezes:   configured.Freezes(a.config),
		OnDuty:    a.everybodyOnDuty,
		Quota:     &quota.People{Limits: quota.Limits{PerMinute: a.config.Limits.Commands, ReadsAtOnce: a.config.Limits.Reads}},
		Direct:    &deliver.Direct{Slack: a.slack.Client(), HTTP: a.slack.HTTP, Renderer: a.renderer},
		Incidents: a.accounted, Messages: reader, Forms: forms{&surfaces.Forms{Slack: a.slack.Client(), Catalogue: a.texts}},
		Settings: handlers.Settings{Prefix: a.config.Slack.CommandPrefix, Expires: a.config.Approval.Expires, BreakGlass: handlers.BreakGlass(a.config.Approval.BreakGlass), RunLimit: runLimit, Locale: a.config.Locale},
		Now:      time.Now, NewID: newCallID, Log: a.log.Named("calls"),
	}
	a.guide = &guide.Guide{
		Runs: a.store.Runbooks(), Calls: a.store, Caller: a.dispatcher, Outbox: a.store, Catalog: catalog, Locale: a.config.Locale, Now: time.Now, Log: a.log.Named("runbooks"),
	}
	a.dispatcher.Guided = a.guide
	a.home = home.Home{
		Catalog: catalog, Clusters: clusters, Identities: identities, Incidents: incidents, Roster: a.roster, Runs: a.dispatcher, Schedules: a.store,
		Freezes: a.dispatcher.Freezes, LocaleOf: a.dispatcher.LocaleOf, Now: time.Now,
	}
	return nil
}

// runControl is the dispatcher, which is made of the catalogue that asks for it.
type runControl struct{ app *App }

func (c runControl) UnderWay(ctx context.Context) ([]calls.Record, error) {
	return c.app.dispatcher.UnderWay(ctx)
}

func (c runControl) ToApprove(ctx context.Context, user string) ([]calls.Record, error) {
	return c.app.dispatcher.ToApprove(ctx, user)
}

func (c runControl) AwaitingApproval(ctx context.Context) ([]calls.Record, error) {
	return c.app.dispatcher.AwaitingApproval(ctx)
}

func (c runControl) BreakTheGlass(ctx context.Context, user string, r calls.Record, reason string) error {
	return c.app.dispatcher.BreakTheGlass(ctx, user, r, reason)
}

func (c runControl) Stop(ctx context.Context, user, channel string, r calls.Record) error {
	return c.app.dispatcher.Stop(ctx, user, channel, r)
}

// runLimit bounds one operation with its verification: a large backup takes a while, a hanging one must end.
const runLimit = 30 * time.Minute

// newCallID is short enough to read out at 3 a.m., and random enough for ever.
func newCallID() string { return uuid.NewString()[:13] }

// forms opens the handlers' forms as Slack modals.
type forms struct{ *surfaces.Forms }

func (f forms) OpenForm(ctx context.Context, trigger string, r handlers.FormRequest) error {
	return f.Open(ctx, trigger, modal(r))
}

func (f forms) UpdateForm(ctx context.Context, view, hash string, r handlers.FormRequest) error {
	return f.Update(ctx, view, hash, modal(r))
}

func modal(r handlers.FormRequest) surfaces.Form {
	return surfaces.Form{
		CallbackID: handlers.CallbackRun, Metadata: r.Metadata, Operation: r.Operation, Known: r.Known, Choices: r.Choices, Locale: r.Locale,
	}
}
