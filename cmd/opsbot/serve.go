package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"opsbot/configs"
)

// configFlag is shared by the commands that need a configuration.
type configFlag struct{ file string }

func (f *configFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "config", "opsbot.yaml", "configuration file; OPSBOT_* variables override it")
}

func (f *configFlag) load() (configs.Config, error) {
	c, err := configs.Load(configs.Source{File: f.file, Environ: os.Environ()})
	if err != nil {
		return configs.Config{}, err
	}
	return *c, nil
}

func serveCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the bot", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if err != nil {
				return err
			}
			log, err := newLogger(c.Log)
			if err != nil {
				return err
			}
			defer func() { _ = log.Sync() }() // standard error cannot be synced on every system
			limitGarbage()
			return serve(cmd.Context(), c, log)
		},
	}
	config.register(cmd)
	return cmd
}

// limitGarbage makes the collector run when garbage is a fifth of what lives, and not as much again: in a storm the incident has
// megabytes, and each of its versions is garbage soon. It costs a quarter of the acknowledgements that a flood could have, of
// which there are enough. GOGC overrides it.
func limitGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(20)
	}
}

// serve runs until ctx is done or Slack refuses the bot for good.
func serve(ctx context.Context, c configs.Config, log *zap.Logger) (err error) {
	a, err := newApp(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() {
		log.Info("stopping")
		if stopErr := a.stop(ctx); err == nil {
			err = stopErr
		}
	}()
	if err := a.start(ctx); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.failed:
		return err
	}
}

// newLogger writes to standard error, with the same keys everywhere, so that a line can be found again.
func newLogger(c configs.Log) (*zap.Logger, error) {
	config := zap.NewProductionConfig()
	if c.Format == "console" {
		config = zap.NewDevelopmentConfig()
	}
	level, err := zap.ParseAtomicLevel(c.Level)
	if err != nil {
		return nil, fmt.Errorf("log.level: %w", err)
	}
	config.Level, config.DisableStacktrace, config.Sampling = level, true, nil
	return config.Build()
}
