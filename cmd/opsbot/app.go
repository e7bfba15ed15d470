package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/deliver"
	"opsbot/bot/directory"
	"opsbot/bot/events"
	"opsbot/bot/render"
	"opsbot/bot/setup"
	"opsbot/bot/surfaces"
	"opsbot/configs"
	"opsbot/escalation/calendar"
	"opsbot/escalation/engine"
	"opsbot/escalation/oncall"
	"opsbot/escalation/reconcile"
	"opsbot/handlers"
	"opsbot/k8sops/backup"
	"opsbot/messages"
	"opsbot/store"
	"opsbot/store/sqldb"
)

// app is opsbot as it runs: everything that serve and the demo need. It is made by newApp, started once, stopped once.
type app struct {
	config    configs.Config
	log       *zap.Logger
	texts     *messages.Catalogue
	store     *store.Store
	backups   *backup.BlobStore
	slack     bot.Connection
	self      bot.Self
	channel   string // id of the incident channel
	updates   string // id of the channel for stakeholders, "" where there is none
	people    *directory.People
	renderer  *render.Renderer
	roster    *escalation.Roster
	calendars *calendar.Feed
	// served is roster once there is one: HTTP is served before Slack has said who the people are.
	served atomic.Pointer[oncall.Roster]

	service    *engine.Service
	reconciler *reconcile.Reconciler        // nil where Alertmanager is not asked
	witness    *engine.ClusterEventRecorder // nil where clusters are not looked at
	dispatcher *handlers.Dispatcher
	listener   *events.Listener
	metrics    *metrics
	http       net.Listener
	intake     *intake
	slackState slackState
	slackLast  atomic.Bool   // pages over Slack do not arrive
	patience   time.Duration // with failures that may pass
	// repairPause is how long a message rests until it is tried again whether a person has mended Slack; 0 is the usual.
	repairPause time.Duration
	paging      pagers

	teardown teardown
	// failed receives the error that ends opsbot.
	failed chan error
}

// stopLimit is how long a stop waits for what is under way. It stays under Kubernetes' default of 30 s.
const stopLimit = 25 * time.Second

// newApp connects to everything and checks it. Alerts are taken in as soon as the store is open: what Alertmanager sends
// while Slack cannot be reached waits in the journal.
func newApp(ctx context.Context, c configs.Config, log *zap.Logger) (_ *app, err error) {
	a := &app{config: c, log: log, failed: make(chan error, 1), metrics: newMetrics(), patience: deliveryPatience}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.teardown.run(stopLimit))
		}
	}()
	if a.texts, err = messages.Load(); err != nil {
		return nil, err
	}
	a.renderer = &render.Renderer{Catalogue: a.texts, Locale: c.Locale}
	steps := []func(context.Context) error{
		a.openStore, a.listen, a.openBackups, a.connectSlack, a.makePaging, a.makeService, a.makeDispatcher, a.makeBot, a.makeAnswers,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// openStore tries until the database server answers. What a person must mend, such as a wrong password, is an error at once.
func (a *app) openStore(ctx context.Context) (err error) {
	const pause = 5 * time.Second
	for {
		a.store, err = store.Open(ctx, a.config.Storage.URL.Reveal(), store.Options{Now: time.Now, Log: a.log})
		if err == nil {
			a.teardown.add("store", func(context.Context) error { return a.store.Close() })
			return nil
		}
		if !errors.Is(err, sqldb.ErrAway) {
			return err
		}
		a.log.Error("the database cannot be reached, trying again", zap.Error(err), zap.Duration("pause", pause))
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

func (a *app) openBackups(ctx context.Context) (err error) {
	if a.backups, err = openBackups(ctx, a.config); err != nil {
		return err
	}
	a.teardown.add("backup storage", func(context.Context) error { return a.backups.Close() })
	return nil
}

// connectSlack tries until Slack answers. What a person must mend, such as a wrong token, is an error at once. An opsbot that
// was in Slack before starts with what it knows: it has to page, be it by other channels.
func (a *app) connectSlack(ctx context.Context) error {
	a.slack = slackConnection(a.config)
	pause := time.Second
	for {
		err := a.trySlack(ctx)
		if err == nil {
			a.noteSlack(ctx)
			return nil
		}
		if known, ok := a.knownSlack(ctx); ok {
			a.log.Error("Slack cannot be used, starting with what is known of it", zap.Error(err))
			return a.useSlack(ctx, known)
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

func (a *app) trySlack(ctx context.Context) error {
	report, err := setup.Check(ctx, a.slack, a.config.Slack.IncidentChannel)
	if err != nil {
		return err
	}
	if !report.OK() {
		return slackProblems(a.texts, report)
	}
	a.enter(report.Self, report.IncidentChannel)
	if err := a.findUpdatesChannel(ctx); err != nil {
		return err
	}
	return a.resolveContacts(ctx)
}

// enter takes note of who opsbot is in Slack.
func (a *app) enter(self bot.Self, channel string) {
	a.self, a.channel = self, channel
	a.people = directory.NewPeople(a.slack.Client(), a.self, time.Now)
}

// findUpdatesChannel looks for the channel of the updates for stakeholders. One that cannot be used keeps no page from going out:
// it is logged, and `opsbot check` reports it.
func (a *app) findUpdatesChannel(ctx context.Context) error {
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

// resolveContacts finds the Slack users of the contact table by e-mail where the table does not name them. A contact
// that Slack does not know cannot be paged: that is logged, and `opsbot check` reports it.
func (a *app) resolveContacts(ctx context.Context) error {
	contacts, unknown, err := findContacts(ctx, a.people, contactsOf(a.config))
	if err != nil {
		return err
	}
	for i, c := range contacts {
		if c.Slack != "" && c.Locale == "" {
			contacts[i].Locale = a.localeOf(ctx, c)
		}
	}
	for _, c := range unknown {
		a.log.Warn("contact has no Slack user and cannot be paged there", zap.String("contact", c.Name), zap.String("email", c.Email))
	}
	return a.useContacts(ctx, contacts)
}

func (a *app) useContacts(ctx context.Context, contacts []oncall.Contact) error {
	table, err := oncall.NewDirectory(contacts, rotationsOf(a.config)...)
	if err != nil {
		return err
	}
	a.calendars = calendarFeed(a.config, table, a.log.Named("calendars"))
	a.calendars.Refresh(ctx)
	a.roster = &oncall.Roster{Table: table, Overrides: a.store, Calendars: a.calendars, Now: time.Now}
	a.served.Store(a.roster)
	return nil
}

// findContacts fills in the Slack users of those that the table gives only the e-mail address of. unknown are those whom
// Slack does not know by it.
func findContacts(ctx context.Context, people *directory.People, contacts []escalation.Contact) (found, unknown []escalation.Contact, err error) {
	for _, c := range contacts {
		if c.Slack == "" && c.Email != "" {
			person, err := people.ByEmail(ctx, c.Email)
			switch {
			case errors.Is(err, directory.ErrNoPerson):
				unknown = append(unknown, c)
			case err != nil:
				return nil, nil, fmt.Errorf("find contact %s in Slack: %w", c.Name, err)
			}
			c.Slack, c.Locale = person.ID, cmp.Or(c.Locale, person.Locale)
		}
		found = append(found, c)
	}
	return found, unknown, nil
}

// localeOf is the language that a contact set in Slack, if it is needed: for what is not read there. Not to know it is no
// reason to stop.
func (a *app) localeOf(ctx context.Context, c oncall.Contact) string {
	if !slices.ContainsFunc(c.Pages, func(via oncall.Via) bool { return via != oncall.ViaSlack }) {
		return ""
	}
	person, err := a.people.Person(ctx, c.Slack)
	if err != nil {
		a.log.Warn("language of contact not found in Slack", zap.String("contact", c.Name), zap.Error(err))
		return ""
	}
	return person.Locale
}

func (a *app) makeService(context.Context) error {
	policy, err := policyOf(a.config, a.channel)
	if err != nil {
		return err
	}
	policy.UpdatesChannel = a.updates
	plain := a.texts.Printer(a.config.Locale, messages.Plain())
	a.service, err = engine.New(engine.Config{
		QuarantineTitle: plain.Text(messages.New("escalation.set_aside")),
		Journal:         a.store, Store: a.store, Openings: a.store, Queries: a.store, Alerts: a.store, Policy: policy, Current: reachable{a.roster, &a.slackLast},
		Now: time.Now, Log: a.log.Named("incidents"), Watchdog: watchdogOf(a.config, a.texts), Heartbeats: a.store, OnPages: a.paging.wake,
		OnOutcome: a.metrics.page,
	})
	if err != nil {
		return err
	}
	a.reconciler, err = reconcilerOf(a.config.Alertmanager, a.service, a.metrics, a.log.Named("alertmanager"))
	return err
}

func (a *app) makeDispatcher(context.Context) error {
	cluster, err := clusterOf(a.config)
	if err != nil {
		return err
	}
	a.witness = witnessOf(a.config.Kubernetes, cluster, a.service)
	incidents := incidentSource{a.service, a.store}
	people := slackPeople{a.people}
	identities := &handlers.Identities{Mappings: mappings(a.config), People: people}
	assignable := func(ctx context.Context, user string) error {
		_, err := identities.Identify(ctx, user)
		return err
	}
	graphs, err := graphsOf(a.config, time.Now, a.log.Named("graphs"))
	if err != nil {
		return err
	}
	reports := timelines{a.store, store.Archive{Dir: a.config.Storage.Archive}, a.texts, a.roster.Table, a.people, graphs, surfaces.Canvases{Slack: a.slack.Client()}}
	catalog, err := fullCatalog(a.config, a.backups, incidents, reports, assignable, a.onCall(people))
	if err != nil {
		return err
	}
	said := &events.MessageReader{Slack: a.slack.Client(), Names: a.people}
	a.dispatcher = &handlers.Dispatcher{
		Catalog: catalog, Cluster: cluster, Identities: identities, People: people,
		Calls: a.store, Audit: a.store, Outbox: a.store,
		Direct: &deliver.Direct{Slack: a.slack.Client(), HTTP: a.slack.HTTP, Renderer: a.renderer}, Incidents: incidents, Messages: said, Roster: a.roster, Forms: forms{&surfaces.Forms{Slack: a.slack.Client(), Catalogue: a.texts}},
		Settings: handlers.Settings{Prefix: a.config.Slack.CommandPrefix, Expires: a.config.Approval.Expires, RunLimit: runLimit, Locale: a.config.Locale},
		Now:      time.Now, NewID: newCallID, Log: a.log.Named("calls"),
	}
	return nil
}

// runLimit bounds one operation with its verification: a large backup takes a while, a hanging one must end.
const runLimit = 30 * time.Minute

// newCallID is short enough to read out at 3 a.m., and random enough for ever.
func newCallID() string { return uuid.NewString()[:13] }

func (a *app) makeBot(context.Context) error {
	home := &surfaces.Home{Slack: a.slack.Client(), Renderer: a.renderer, Source: a.dispatcher}
	a.listener = events.NewListener(events.ListenerConfig{
		Connection: a.slack, Self: a.self, Handler: inbound{a.dispatcher, home, a.log}, Validate: validation{a.dispatcher, a.texts, a.people}.validate,
		Dedupe: dedupe{a.store}, Catalogue: a.texts, Locale: a.config.Locale, Now: time.Now, Log: a.log.Named("socket"),
	})
	return nil
}

// listen opens the port, so that an address in use is a start-up error and not a log line, and serves it.
func (a *app) listen(ctx context.Context) (err error) {
	var config net.ListenConfig
	if a.http, err = config.Listen(ctx, "tcp", a.config.HTTP.Listen); err != nil {
		return fmt.Errorf("listen on http.listen %s: %w", a.config.HTTP.Listen, err)
	}
	a.intake = &intake{journal: a.store, now: time.Now}
	webhook := &handlers.Webhook{
		Receiver: a.intake, Tokens: reveal(a.config.Webhook.BearerTokens), Now: time.Now, Log: a.log.Named("webhook"), Observe: a.metrics.webhook,
	}
	metrics := a.metrics.handler(a.store, &a.slackState, a.config.Alertmanager.Watchdog.Alert)
	server := handlers.NewServer(a.paging.routes(handlers.Routes(webhook, a.onCallFeed(), metrics, a.probes())))
	a.goes("http", func(context.Context) error {
		if err := server.Serve(a.http); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	a.teardown.add("http server", server.Shutdown)
	return nil
}

func (a *app) address() string { return a.http.Addr().String() }
