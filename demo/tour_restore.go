package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"opsbot/app/configured"
	"opsbot/k8sops/backup"
)

// restoreNewest proves the newest backup without the bot: it restores it into a scratch database of the same server and
// compares the rows of every table with those of the real one.
func (t *tour) restoreNewest(ctx context.Context) (rows int, err error) {
	kept, err := configured.Backups(ctx, t.config)
	if err != nil {
		return 0, err
	}
	defer kept.Close()
	backups, err := backup.List(ctx, kept, t.config.Kubernetes.Name, t.config.Kubernetes.Namespace)
	if err != nil {
		return 0, err
	}
	if len(backups) == 0 {
		return 0, errors.New("there is no backup")
	}
	dump := filepath.Join(t.dir, "restore.dump")
	if err := unpack(ctx, kept, backups[0], dump); err != nil {
		return 0, err
	}
	real, err := pgx.Connect(ctx, t.database.DSN())
	if err != nil {
		return 0, err
	}
	defer real.Close(ctx)
	const scratch = "tour_restore"
	if _, err := real.Exec(ctx, "CREATE DATABASE "+scratch); err != nil {
		return 0, err
	}
	restore := exec.CommandContext(ctx, "pg_restore", "--exit-on-error", "--dbname="+scratch, dump)
	restore.Env = append(os.Environ(), envOf(t.database.Env())...)
	if output, err := restore.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("pg_restore: %w: %s", err, output)
	}
	copied, err := pgx.Connect(ctx, t.scratchDSN(scratch))
	if err != nil {
		return 0, err
	}
	defer copied.Close(ctx)
	return compareRows(ctx, real, copied)
}

func (t *tour) scratchDSN(name string) string {
	other := *t.database
	other.Database = name
	return other.DSN()
}

// unpack writes the stored dump as pg_dump made it.
func unpack(ctx context.Context, kept *backup.BlobStore, b backup.Backup, to string) error {
	stored, err := kept.Open(ctx, b.Object)
	if err != nil {
		return err
	}
	defer stored.Close()
	plain, err := zstd.NewReader(stored)
	if err != nil {
		return err
	}
	defer plain.Close()
	file, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = plain.WriteTo(file)
	return errors.Join(err, file.Close())
}

// compareRows counts the rows of every table in both databases; the error names the first table that differs.
func compareRows(ctx context.Context, a, b *pgx.Conn) (total int, err error) {
	rows, err := a.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	if err != nil {
		return 0, err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, err
	}
	if len(tables) == 0 {
		return 0, errors.New("the database has no tables: nothing is proven")
	}
	for _, table := range tables {
		var want, got int
		query := "SELECT count(*) FROM " + pgx.Identifier{table}.Sanitize()
		if err := a.QueryRow(ctx, query).Scan(&want); err != nil {
			return 0, err
		}
		if err := b.QueryRow(ctx, query).Scan(&got); err != nil {
			return 0, err
		}
		if got != want {
			return 0, fmt.Errorf("table %s has %d rows after the restore, want %d", table, got, want)
		}
		total += got
	}
	return total, nil
}

func envOf(vars map[string]string) []string {
	var lines []string
	for name, value := range vars {
		lines = append(lines, name+"="+value)
	}
	return lines
}
