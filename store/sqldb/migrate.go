package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// migrate brings the schema up to date. There is no way back: an older opsbot refuses a newer database.
func migrate(ctx context.Context, db *sql.DB, d *dialect) error {
	provider, err := newMigrations(db, d)
	if err != nil {
		return err
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > newest {
		return fmt.Errorf("schema version %d, this opsbot knows %d: %w", current, newest, ErrNewer)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema version %d to %d: %w", current, newest, err)
	}
	return nil
}

func newMigrations(db *sql.DB, d *dialect) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, d.migrations)
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(d.goose, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}
