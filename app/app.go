// Package app is opsbot as it runs: it connects to everything, joins the packages that do not know each other, and starts and
// stops the loops. What the commands beside serve do is in the packages below.
package app

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/app/deliverywatch"
	"opsbot/app/refusals"
	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/bot/events"
	"opsbot/bot/render"
	"opsbot/configs"
	"opsbot/escalation/calendar"
	"opsbot/escalation/engine"
	"opsbot/escalation/oncall"
	"opsbot/escalation/reconcile"
	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/handlers/guide"
	"opsbot/handlers/home"

	"opsbot/handlers/roster"
	"opsbot/internal/teardown"
	"opsbot/k8sops/backup"
	"opsbot/messages"
	"opsbot/store"
	"opsbot/store/sqldb"
)

// App is opsbot as it runs: everything that serve and the demo need. It is made by New, started once, stopped once.
type App struct {
	config  configs.Config
	log     *zap.Logger
	texts   *messages.Catalogue
	store   *store.Store
	backups *backup.BlobStore
	// checkpoints of the audit record go to auditChannel too, "" where there is none.
	checkpoints  *audit.Checkpointer
	auditChannel string
	slack        bot.Connection
	self         bot.Self
	channel      string // id of the incident channel
	updates      string // id of the channel for stakeholders, "" where there is none
	people       *directory.People
	channels     *directory.Channels
	renderer     *render.Renderer
	roster       *oncall.Roster
	calendars    *calendar.Feed
	// servedRoster is roster once there is one: HTTP is served before Slack has said who the people are.
	servedRoster atomic.Pointer[oncall.Roster]
	feedKeys     atomic.Pointer[roster.FeedKeys] // likewise

	service       *engine.Service
	reconciler    *reconcile.Reconciler // nil where Alertmanager is not asked
	clusterEvents []*engine.ClusterEventRecorder
	accounted     handlers.AccountedIncidents
	audited       *audit.Refusals
	dispatcher    *handlers.Dispatcher
	guide         *guide.Guide
	home          home.Home
	listener      *events.Listener
	metrics       *metrics
	http          net.Listener
	public        net.Listener // nil where nothing is served to the outside on a listener of its own
	intake        *intake
	refusals      *refusals.Notifier
	slackState    slackState
	slackFailing  atomic.Bool   // pages over Slack do not arrive
	patience      time.Duration // with failures that may pass
	// repairPause is how long a message rests until it is tried again whether a person has mended Slack; 0 is the usual.
	repairPause time.Duration
	paging      pagers

	teardown teardown.Stack
	// failed receives the error that ends opsbot.
	failed chan error
}

// stopLimit is how long a stop waits for what is under way. It stays under Kubernetes' default of 30 s.
const stopLimit = 25 * time.Second

// New connects to everything and checks it. Alerts are taken in as soon as the store is open: what Alertmanager sends
// while Slack cannot be reached waits in the journal.
func New(ctx context.Context, c configs.Config, log *zap.Logger) (_ *App, err error) {
	a := &App{
		config: c, log: log, failed: make(chan error, 1), metrics: newMetrics(), patience: deliverywatch.DefaultPatience,
		refusals: refusals.New(time.Now, log.Named("webhook")),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.teardown.Run(stopLimit))
		}
	}()
	if a.texts, err = messages.Load(); err != nil {
		return nil, err
	}
	a.renderer = &render.Renderer{Catalogue: a.texts, Locale: c.Locale}
	steps := []func(context.Context) error{
		a.openStore, a.makeCheckpoints, a.listen, a.openBackups, a.connectSlack, a.tellCheckpoints, a.makePaging, a.makeService, a.makeDispatcher, a.makeBot, a.makeAnswers,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// openStore tries until the database server answers. What a person must mend, such as a wrong password, is an error at once.
func (a *App) openStore(ctx context.Context) (err error) {
	const pause = 5 * time.Second
	for {
		a.store, err = store.Open(ctx, a.config.Storage.URL.Reveal(), store.Options{Now: time.Now, Log: a.log})
		if err == nil {
			a.teardown.Add("store", func(context.Context) error { return a.store.Close() })
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

func (a *App) openBackups(ctx context.Context) (err error) {
	if a.backups, err = configured.Backups(ctx, a.config); err != nil {
		return err
	}
	a.teardown.Add("backup storage", func(context.Context) error { return a.backups.Close() })
	return nil
}
