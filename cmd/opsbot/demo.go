package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"opsbot/configs"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// demoOptions of the demo.
type demoOptions struct {
	// Speed divides the handbook's deadlines: at 10, five minutes to respond become 30 seconds.
	Speed int
	// Listen is where the workspace's page is served.
	Listen string
	Locale string
	// Metrics runs metrics-server, for /top and the autoscaler.
	Metrics bool
	// Until stops the tour after this step; 0 tells the whole story.
	Until int
	// Out receives progress for the person who waits.
	Out io.Writer
	Log *zap.Logger
}

func demoCommand() *cobra.Command {
	o := demoOptions{}
	var tour, verbose bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Run the whole product on this machine, with a Slack workspace of its own", Args: cobra.NoArgs,
		Long: "demo brings up a Kubernetes control plane with the handbook's platform, a PostgreSQL, an Alertmanager, a Slack workspace\n" +
			"with a web page, and opsbot itself, all on loopback. Ctrl-C takes everything down.\n\n" +
			"With --tour the story runs without a person and is printed as a transcript; any step that fails makes it exit with 1.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Out = cmd.OutOrStdout()
			log, err := demoLogger(verbose)
			if err != nil {
				return err
			}
			o.Log = log
			if tour && !cmd.Flags().Changed("listen") {
				o.Listen = "127.0.0.1:0"
			}
			if tour {
				return runTour(cmd.Context(), o)
			}
			return runDemo(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.Speed, "speed", 10, "divide the handbook's deadlines by this (5 minutes to respond become 30 seconds at 10)")
	cmd.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:8090", "address of the workspace's page; port 0 takes a free one")
	cmd.Flags().StringVar(&o.Locale, "locale", "en", "language of the bot: en or zh-CN")
	cmd.Flags().BoolVar(&o.Metrics, "metrics", true, "run metrics-server, for /top and the autoscaler")
	cmd.Flags().BoolVar(&tour, "tour", false, "walk through the story without a person and print the transcript")
	cmd.Flags().IntVar(&o.Until, "until", 0, "stop the tour after this step and keep everything running")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "log everything to standard error, not only problems")
	return cmd
}

// demoLogger shows problems only, because the transcript and the page tell the story.
func demoLogger(verbose bool) (*zap.Logger, error) {
	config := zap.NewDevelopmentConfig()
	config.DisableStacktrace = true
	config.Level.SetLevel(zap.ErrorLevel)
	if verbose {
		config.Level.SetLevel(zap.DebugLevel)
	}
	return config.Build()
}

// demo is everything that runs.
type demo struct {
	options  demoOptions
	printer  *messages.Printer
	dir      string
	cluster  *testcluster.Cluster
	database *testcluster.Postgres
	slack    *slacksim.Workspace
	alerts   *alertmanager
	monitor  *monitor
	config   configs.Config
	app      *app
	teardown teardown
}

// runDemo serves until ctx is done.
func runDemo(ctx context.Context, o demoOptions) (err error) {
	d, err := startDemo(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		d.say(messages.New("demo.stopping"))
		if closeErr := d.Close(); err == nil {
			err = closeErr
		}
	}()
	d.say(messages.New("demo.ready", "url", d.slack.URL(), "respond", handbookRespond/time.Duration(o.Speed)))
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.app.failed:
		return err
	}
}

// startDemo brings up the parts in the order of their needs. What was made is taken down again when a later part fails.
func startDemo(ctx context.Context, o demoOptions) (_ *demo, err error) {
	texts, err := messages.Load()
	if err != nil {
		return nil, err
	}
	d := &demo{options: o, printer: texts.Printer(o.Locale, messages.Plain())}
	d.monitor = &monitor{namespace: testcluster.PlatformNamespace, log: o.Log}
	defer func() {
		if err != nil {
			_ = d.Close() // the first error is the one to report
		}
	}()
	steps := []struct {
		name messages.Text
		do   func(context.Context) error
	}{
		{messages.New("demo.step.dir"), d.makeDir},
		{messages.New("demo.step.machines"), d.startMachines},
		{messages.New("demo.step.platform", "namespace", testcluster.PlatformNamespace), d.startPlatform},
		{messages.New("demo.step.slack"), d.startSlack},
		{messages.New("demo.step.rights"), d.grant},
		{messages.New("demo.step.bot"), d.startBot},
		{messages.New("demo.step.alertmanager"), d.startAlerts},
	}
	for _, step := range steps {
		began, name := time.Now(), d.printer.Text(step.name)
		fmt.Fprintf(o.Out, "· %s …\n", name)
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("demo: %s: %w", name, err)
		}
		fmt.Fprintf(o.Out, "✓ %s (%.1f s)\n", name, time.Since(began).Seconds())
	}
	return d, nil
}

// say prints a text to the person at the terminal.
func (d *demo) say(t messages.Text) { fmt.Fprintf(d.options.Out, "\n%s\n", d.printer.Text(t)) }

// Close takes everything down in the reverse order.
func (d *demo) Close() error { return d.teardown.run(time.Minute) }

func (d *demo) makeDir(context.Context) error {
	dir, err := os.MkdirTemp("", "opsbot-demo-")
	if err != nil {
		return err
	}
	d.dir = dir
	d.teardown.add("working directory", func(context.Context) error { return os.RemoveAll(dir) })
	return nil
}

// startMachines starts what needs nothing else, at the same time.
func (d *demo) startMachines(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		d.cluster, err = testcluster.Start(ctx, testcluster.Options{Metrics: d.options.Metrics, Log: d.options.Out})
		return err
	})
	group.Go(func() (err error) {
		d.database, err = testcluster.StartPostgres(ctx, "")
		return err
	})
	err := group.Wait()
	if d.cluster != nil {
		d.teardown.add("control plane", func(context.Context) error { return d.cluster.Close() })
	}
	if d.database != nil {
		d.teardown.add("PostgreSQL", func(context.Context) error { return d.database.Close() })
	}
	return err
}

func (d *demo) startPlatform(ctx context.Context) error {
	return d.cluster.ApplyPlatform(ctx, testcluster.PlatformOptions{Database: d.database})
}

func (d *demo) startSlack(context.Context) error {
	described := configs.Default()
	described.Locale = d.options.Locale
	manifest, err := appManifest(described)
	if err != nil {
		return err
	}
	users := slacksim.DefaultUsers()
	for i := range users {
		users[i].Locale = d.options.Locale // one language in all that a visitor sees
	}
	d.slack, err = slacksim.Start(slacksim.Options{Addr: d.options.Listen, Manifest: manifest, Users: users, Panel: d.panel()})
	if err != nil {
		return err
	}
	d.teardown.add("Slack workspace", func(context.Context) error { return d.slack.Close() })
	return nil
}

func (d *demo) startBot(ctx context.Context) error {
	app, err := newApp(ctx, d.config, d.options.Log)
	if err != nil {
		return err
	}
	d.app = app
	d.teardown.add("opsbot", app.stop)
	if err := app.start(ctx); err != nil {
		return err
	}
	return d.slack.WaitConnected(ctx, 1)
}

func (d *demo) startAlerts(ctx context.Context) error {
	webhook := "http://" + d.app.address() + "/webhooks/alertmanager"
	config := fmt.Sprintf(alertmanagerConfig, webhook, d.config.Webhook.BearerTokens[0].Reveal())
	alerts, err := startAlertmanager(ctx, filepath.Join(d.dir, "alertmanager"), d.config.Alertmanager.URL.Host(), config)
	if err != nil {
		return err
	}
	d.alerts = alerts
	d.teardown.add("Alertmanager", func(context.Context) error { return alerts.Close() })
	d.monitor.client, d.monitor.target = d.cluster.Client(), alerts
	watching, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.monitor.run(watching)
	}()
	d.teardown.add("monitor", func(context.Context) error {
		stop()
		<-ended
		return nil
	})
	return nil
}
