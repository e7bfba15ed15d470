package backup

import (
	"context"
	"errors"
	"fmt"
	"io"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
)

// server is the platform's PostgreSQL with what backups do there.
type server struct{ postgres.Server }

func (d Deps) server(ctx context.Context, call *k8sops.Call) (server, error) {
	s, err := postgres.Of(ctx, d.Platform, call)
	return server{s}, err
}

// restoreScratch feeds a stored dump to pg_restore, into a database of its own.
func (s server) restoreScratch(ctx context.Context, stored *verifiedDump, b *Backup, database string) error {
	err := s.Run(ctx, stored, io.Discard, "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", "-U", s.User, "-d", database)
	if err == nil { // what pg_restore leaves unread must be right, too
		_, err = io.Copy(io.Discard, stored)
	}
	// pg_restore calls a dump damaged whose end could not be read: what the storage said comes first.
	switch failed := errors.Join(stored.err, stored.Close()); {
	case failed != nil:
		return failed
	case err != nil:
		return kube.ExplainExec("restore "+b.ID+" into "+database, err)
	}
	return nil
}

// createScratch makes an empty database of that name, in place of one that an earlier try left.
func (s server) createScratch(ctx context.Context, name string) error {
	return s.Do(ctx, postgres.Maintenance, s.dropSQL(name), fmt.Sprintf("CREATE DATABASE %s TEMPLATE template0", postgres.QuoteIdentifier(name)))
}

func (s server) dropScratch(ctx context.Context, name string) error {
	return s.Do(ctx, postgres.Maintenance, s.dropSQL(name))
}

func (server) dropSQL(name string) string {
	return fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", postgres.QuoteIdentifier(name))
}
