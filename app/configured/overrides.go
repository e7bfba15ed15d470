package configured

import (
	"context"
	"errors"
	"os"
	"time"

	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/store"
	"opsbot/store/sqldb"
)

// StoredOverrides are the overrides that end after the given time; none where opsbot has never run.
func StoredOverrides(ctx context.Context, c configs.Config, after time.Time) ([]oncall.Override, error) {
	s, err := store.OpenReadOnly(ctx, c.Storage.URL.Reveal())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // it was only read
	overrides, err := s.Overrides(ctx, after)
	if errors.Is(err, sqldb.ErrNoTable) {
		return nil, nil
	}
	return overrides, err
}
