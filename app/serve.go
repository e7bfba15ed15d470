package app

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"go.uber.org/zap"

	"opsbot/configs"
)

// Serve is what `opsbot serve` does: it runs until ctx is done or a loop ends with an error.
func Serve(ctx context.Context, c configs.Config) error {
	log, err := newLogger(c.Log)
	if err != nil {
		return err
	}
	defer func() { _ = log.Sync() }() // standard error cannot be synced on every system
	tuneGarbageCollector()
	return serveUntil(ctx, c, log)
}

func serveUntil(ctx context.Context, c configs.Config, log *zap.Logger) (err error) {
	a, err := New(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() {
		log.Info("stopping")
		if stopErr := a.Stop(ctx); err == nil {
			err = stopErr
		}
	}()
	if err := a.Start(ctx); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.Failed():
		return err
	}
}

// tuneGarbageCollector makes the collector run when garbage is a fifth of what lives, and not as much again: in a storm the incident has
// megabytes, and each of its versions is garbage soon. It costs a quarter of the acknowledgements that a flood could have, of
// which there are enough. GOGC overrides it.
func tuneGarbageCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(20)
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
	return config.Build(withoutSecrets())
}
