// Command opsbot-demo runs the whole product on this machine, with a Slack workspace of its own. It is a program beside opsbot, so
// that neither the simulator nor the test cluster is in what people install.
package main

import (
	"context"
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
	cmd := &cobra.Command{
		Use: "opsbot-demo", Short: "Run the whole product on this machine, with a Slack workspace of its own", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Long: "opsbot-demo brings up a Kubernetes control plane with the handbook's platform, a PostgreSQL, an Alertmanager, a Slack workspace\n" +
			"with a web page, and opsbot itself, all on loopback. Ctrl-C takes everything down.\n\n" +
			"With --tour the story runs without a person and is printed as a transcript; any step that fails makes it exit with 1.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Out = cmd.OutOrStdout()
			log, err := newLogger(verbose)
			if err != nil {
				return err
			}
			o.Log = log
			if tour && !cmd.Flags().Changed("listen") {
				o.Listen = "127.0.0.1:0"
			}
			if tour {
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
	cmd.Flags().BoolVar(&verbose, "verbose", false, "log everything to standard error, not only problems")
	return cmd
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
