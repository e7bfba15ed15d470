// Command opsbot-demo runs the whole product on this machine, with a Slack workspace of its own. It is a program beside opsbot, so
// that neither the simulator nor the test cluster is in what people install.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // rotations name time zones

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"opsbot/demo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := demoCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "opsbot-demo:", err)
		os.Exit(1)
	}
}

func demoCommand() *cobra.Command {
	o := demo.Options{}
	var tour, verbose bool
	var transcript string
	cmd := &cobra.Command{
		Use: "opsbot-demo", Short: "Run the whole product on this machine, with a Slack workspace of its own", Args: cobra.MaximumNArgs(1), ValidArgs: []string{handbook},
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Long: "opsbot-demo brings up a Kubernetes control plane with the handbook's platform, a PostgreSQL, an Alertmanager, a Slack workspace\n" +
			"with a web page, and opsbot itself, all on loopback. Ctrl-C takes everything down.\n\n" +
			"With --tour the story runs without a person and is printed as a transcript; any step that fails makes it exit with 1.\n" +
			"--tour handbook walks the operations handbook from top to bottom instead, and proves every row of it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Out = cmd.OutOrStdout()
			log, err := newLogger(verbose)
			if err != nil {
				return err
			}
			o.Log = log
			if tour && !cmd.Flags().Changed("listen") {
				o.Listen = "127.0.0.1:0"
			}
			switch {
			case len(args) > 0 && (!tour || args[0] != handbook):
				return fmt.Errorf("%q is no tour: give --tour, or --tour %s", args[0], handbook)
			case len(args) > 0:
				return walkHandbook(cmd.Context(), o, transcript)
			case tour:
				return demo.RunTour(cmd.Context(), o)
			}
			return demo.Run(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.Speed, "speed", 10, "divide the handbook's deadlines by this (5 minutes to respond become 30 seconds at 10)")
	cmd.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:8090", "address of the workspace's page; port 0 takes a free one")
	cmd.Flags().StringVar(&o.Locale, "locale", "en", "language of the bot: en or zh-CN")
	cmd.Flags().BoolVar(&o.Metrics, "metrics", true, "run metrics-server, for /top and the autoscaler")
	cmd.Flags().BoolVar(&tour, "tour", false, "walk through the story without a person and print the transcript")
	cmd.Flags().IntVar(&o.Until, "until", 0, "stop the tour after this step and keep everything running")
	cmd.Flags().StringSliceVar(&o.Rows, "rows", nil, "with --tour handbook, only these rows, such as D1,S1")
	cmd.Flags().StringVar(&transcript, "transcript", "", "with --tour handbook, the Markdown file to write what people type and read to")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "log everything to standard error, not only problems")
	return cmd
}

// handbook is the tour that walks the operations handbook.
const handbook = "handbook"

func walkHandbook(ctx context.Context, o demo.Options, transcript string) (err error) {
	if transcript != "" {
		file, err := os.Create(transcript)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		o.Transcript = file
	}
	return demo.RunHandbook(ctx, o)
}

// newLogger shows problems only, because the transcript and the page tell the story.
func newLogger(verbose bool) (*zap.Logger, error) {
	config := zap.NewDevelopmentConfig()
	config.DisableStacktrace = true
	config.Level.SetLevel(zap.ErrorLevel)
	if verbose {
		config.Level.SetLevel(zap.DebugLevel)
	}
	return config.Build()
}
