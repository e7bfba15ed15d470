// Package demo runs the whole product on one machine: a control plane with the handbook's platform, PostgreSQL, Prometheus, Alertmanager, a
// Slack workspace with a page, and opsbot. The tour tells the story on it without a person.
package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"opsbot/app"
	"opsbot/configs"
	"opsbot/internal/alertmanager"
	"opsbot/internal/teardown"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// Options of the demo.
type Options struct {
	// Speed divides the handbook's deadlines: at 10, five minutes to respond become 30 seconds.
	Speed int
	// Listen is where the workspace's page is served.
	Listen string
	Locale string
	// Metrics runs metrics-server, for /top and the autoscaler.
	Metrics bool
	// Until stops the tour after this step; 0 tells the whole story.
	Until int
	// Rows are the ones of the handbook that RunHandbook walks; none: all.
	Rows []string
	// Transcript receives what people type and read in RunHandbook, as Markdown; nil: nobody does.
	Transcript io.Writer
	// Out receives progress for the person who waits.
	Out io.Writer
	Log *zap.Logger
}

// demo is everything that runs.
type demo struct {
	options  Options
	printer  *messages.Printer
	dir      string
	cluster  *testcluster.Cluster
	database *testcluster.Postgres
	cache    *testcluster.Redis
	// prometheus has a past of a month.
	prometheus *testcluster.Prometheus
	slack      *slacksim.Workspace
	alerts     *alertmanager.Process
	monitor    *monitor
	config     configs.Config
	app        *app.App
	teardown   teardown.Stack
}

// Run serves until ctx is done.
func Run(ctx context.Context, o Options) (err error) {
	d, err := startDemo(ctx, o)
	if err != nil {
		return err
	}
	defer d.closeInto(&err)
	defer d.say(messages.New("demo.stopping"))
	d.say(messages.New("demo.ready", "url", d.slack.URL(), "respond", handbookRespond/time.Duration(o.Speed)))
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.app.Failed():
		return err
	}
}

// closeInto takes everything down; what fails then is the error where there was none before.
func (d *demo) closeInto(err *error) {
	if closeErr := d.Close(); *err == nil {
		*err = closeErr
	}
}

// startDemo brings up the parts in the order of their needs. What was made is taken down again when a later part fails.
func startDemo(ctx context.Context, o Options) (_ *demo, err error) {
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
		{messages.New("demo.step.prometheus"), d.startPrometheus},
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
func (d *demo) Close() error { return d.teardown.Run(time.Minute) }
