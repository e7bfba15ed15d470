package testcluster

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"opsbot/testcluster/host"

	"github.com/jackc/pgx/v5"
)

const postgresBinGlob = "/usr/lib/postgresql/*/bin"

//go:embed platform/ecommerce.sql
var ecommerceSQL string

// Postgres is a running PostgreSQL server with the platform's database, reachable on loopback only.
type Postgres struct {
	User, Password, Database string
	Port                     int
	proc                     *host.Process
	dir                      string
	socketDir                string // its path must be short
	settings                 []string
}

// StartPostgres runs the machine's PostgreSQL (Debian package "postgresql") in a new directory below dir, which defaults
// to the temporary directory. Its database "ecommerce" holds the tables users, products, orders and payments with
// always the same rows. Its settings ("name=value") are those of a throw-away server, fsync=off among them, unless given.
func StartPostgres(ctx context.Context, dir string, settings ...string) (*Postgres, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	dir, err = os.MkdirTemp(dir, "opsbot-postgres-")
	if err != nil {
		return nil, fmt.Errorf("create PostgreSQL directory: %w", err)
	}
	p := &Postgres{User: "postgres", Password: rand.Text(), Database: "ecommerce", dir: dir, settings: settings}
	if p.socketDir, err = os.MkdirTemp("", "opsbot-pg-"); err != nil {
		return nil, errors.Join(fmt.Errorf("create PostgreSQL socket directory: %w", err), p.Close())
	}
	if err := os.WriteFile(p.passwordFile(), []byte("*:*:*:"+p.User+":"+p.Password+"\n"), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("write PostgreSQL password file: %w", err), p.Close())
	}
	if err := p.start(ctx, bin); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), p.Close())
	}
	return p, nil
}

// DSN returns the connection URL of the platform's database.
func (p *Postgres) DSN() string { return p.dsn(p.Database) }

// Env returns the environment in which psql, pg_dump and pg_restore reach this server without further arguments. As in the usual
// images, the container's own connections go over a socket and need no password. Those over the network do, but programs find that of the
// first day in a file.
func (p *Postgres) Env() map[string]string {
	return map[string]string{
		"PGHOST": p.socketDir, "PGPORT": strconv.Itoa(p.Port), "PGUSER": p.User, "PGDATABASE": p.Database, "PGPASSFILE": p.passwordFile(),
	}
}

func (p *Postgres) passwordFile() string { return filepath.Join(p.socketDir, "passwords") }

// Close stops the server and removes its data. It may be called more than once.
func (p *Postgres) Close() error {
	if p.proc != nil {
		p.stop()
	}
	if err := errors.Join(os.RemoveAll(p.dir), os.RemoveAll(p.socketDir)); err != nil {
		return fmt.Errorf("remove PostgreSQL data: %w", err)
	}
	return nil
}

// Crash ends the server and all its processes at once (PostgreSQL's immediate shutdown): nothing is written any more, and what was
// committed is recovered from the log at the next start.
func (p *Postgres) Crash() error {
	if err := p.proc.Signal(syscall.SIGQUIT); err != nil {
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	<-p.proc.Done
	return nil
}

// Restart runs the server anew after a Crash, on the same port and data.
func (p *Postgres) Restart(ctx context.Context) error {
	bin, err := postgresBin()
	if err != nil {
		return err
	}
	attr, err := p.ownedByServer()
	if err != nil {
		return err
	}
	if err := p.serve(ctx, bin, attr); err != nil {
		return fmt.Errorf("restart PostgreSQL: %w", err)
	}
	return nil
}

// stop asks for a fast shutdown, which frees shared memory, before it kills.
func (p *Postgres) stop() {
	p.proc.Interrupt()
	select {
	case <-p.proc.Done:
	case <-time.After(5 * time.Second):
	}
	p.proc.Kill()
}

func (p *Postgres) dsn(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(p.User, p.Password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Port)), Path: database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (p *Postgres) fill(ctx context.Context) error {
	if err := p.execute(ctx, "postgres", "CREATE DATABASE "+pgx.Identifier{p.Database}.Sanitize()); err != nil {
		return fmt.Errorf("create database %s: %w", p.Database, err)
	}
	if err := p.execute(ctx, p.Database, ecommerceSQL); err != nil {
		return fmt.Errorf("fill database %s: %w", p.Database, err)
	}
	return nil
}

func (p *Postgres) execute(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, p.dsn(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	// Without arguments, pgx sends the text as it is: it may hold many statements.
	_, err = conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}
