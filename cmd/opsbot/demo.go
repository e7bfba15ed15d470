package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

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
	case err := <-d.app.ended():
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
