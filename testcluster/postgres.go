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
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const postgresBinGlob = "/usr/lib/postgresql/*/bin"

//go:embed platform/ecommerce.sql
var ecommerceSQL string

// Postgres is a running PostgreSQL server with the platform's database, reachable on loopback only.
type Postgres struct {
	User, Password, Database string
	Port                     int
	proc                     *process
	dir                      string
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
	if err := p.start(ctx, bin); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), p.Close())
	}
	return p, nil
}

// DSN returns the connection URL of the platform's database.
func (p *Postgres) DSN() string { return p.dsn(p.Database) }

// Env returns the environment in which psql, pg_dump and pg_restore reach this server without further arguments.
func (p *Postgres) Env() map[string]string {
	return map[string]string{
		"PGHOST": "127.0.0.1", "PGPORT": strconv.Itoa(p.Port),
		"PGUSER": p.User, "PGPASSWORD": p.Password, "PGDATABASE": p.Database,
	}
}

// Close stops the server and removes its data. It may be called more than once.
func (p *Postgres) Close() error {
	if p.proc != nil {
		p.stop()
	}
	if err := os.RemoveAll(p.dir); err != nil {
		return fmt.Errorf("remove PostgreSQL data: %w", err)
	}
	return nil
}

// Crash ends the server and all its processes at once (PostgreSQL's immediate shutdown): nothing is written any more, and what was
// committed is recovered from the log at the next start.
func (p *Postgres) Crash() error {
	if err := p.proc.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	<-p.proc.done
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
	_ = interrupt(p.proc.cmd.Process.Pid)
	select {
	case <-p.proc.done:
	case <-time.After(5 * time.Second):
	}
	p.proc.kill()
}

func (p *Postgres) dsn(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(p.User, p.Password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Port)), Path: database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (p *Postgres) start(ctx context.Context, bin string) error {
	attr, err := p.ownedByServer()
	if err != nil {
		return err
	}
	if err := p.initdb(ctx, bin, attr); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		ports, err := freePorts(1)
		if err != nil {
			return err
		}
		p.Port = ports[0]
		err = p.serve(ctx, bin, attr)
		if err == nil {
			return p.fill(ctx)
		}
		if p.proc == nil || !p.proc.lostPort() || attempt == bindAttempts {
			return err
		}
	}
}

// ownedByServer gives the directory to the account that will run the server: PostgreSQL refuses to run as root.
func (p *Postgres) ownedByServer() (*syscall.SysProcAttr, error) {
	attr := newGroup()
	if os.Geteuid() != 0 {
		return attr, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL cannot run as root and there is no account to run it: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(p.dir, int(uid), int(gid)); err != nil {
		return nil, fmt.Errorf("give %s to %s: %w", p.dir, account.Username, err)
	}
	asUser(attr, uint32(uid), uint32(gid))
	return attr, nil
}

func (p *Postgres) initdb(ctx context.Context, bin string, attr *syscall.SysProcAttr) error {
	passwordFile := filepath.Join(p.dir, "password")
	// Readable for the server's account; the directory itself is closed to everybody else.
	if err := os.WriteFile(passwordFile, []byte(p.Password), 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata="+p.data(), "--username="+p.User,
		"--pwfile="+passwordFile, "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = p.dir, childEnv(p.dir), attr
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLines(string(output), 10))
	}
	return os.Remove(passwordFile)
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "data") }

func (p *Postgres) serve(ctx context.Context, bin string, attr *syscall.SysProcAttr) error {
	args := []string{"-D", p.data(), "-p", strconv.Itoa(p.Port)}
	for _, setting := range append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"}, p.settings...) {
		args = append(args, "-c", setting) // the last one counts
	}
	var err error
	p.proc, err = startProcess(program{
		name: "postgres", path: filepath.Join(bin, "postgres"), attr: attr, dir: p.dir, env: childEnv(p.dir), args: args,
	}, p.dir)
	if err != nil {
		return err
	}
	return p.proc.waitReady(ctx, func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, p.dsn("postgres"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
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

// postgresBin finds the newest server that Debian's packages installed.
func postgresBin() (string, error) {
	found, err := filepath.Glob(postgresBinGlob + "/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("find PostgreSQL: nothing matches %s/initdb (apt-get install postgresql)", postgresBinGlob)
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return postgresMajor(a) - postgresMajor(b) })
	return filepath.Dir(newest), nil
}

// postgresMajor reads the version from /usr/lib/postgresql/<major>/bin/initdb.
func postgresMajor(initdb string) int {
	major, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return major
}
