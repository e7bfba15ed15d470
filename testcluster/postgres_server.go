package testcluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"opsbot/testcluster/host"

	"github.com/jackc/pgx/v5"
)

func (p *Postgres) start(ctx context.Context, bin string) error {
	attr, err := p.ownedByServer()
	if err != nil {
		return err
	}
	if err := p.initdb(ctx, bin, attr); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		ports, err := host.FreePorts(1)
		if err != nil {
			return err
		}
		p.Port = ports[0]
		err = p.serve(ctx, bin, attr)
		if err == nil {
			return p.fill(ctx)
		}
		if p.proc == nil || !p.proc.LostPort() || attempt == bindAttempts {
			return err
		}
	}
}

// ownedByServer gives the directory to the account that will run the server: PostgreSQL refuses to run as root.
func (p *Postgres) ownedByServer() (*syscall.SysProcAttr, error) {
	attr := host.ProcessGroup()
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
	for _, dir := range []string{p.dir, p.socketDir} {
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return nil, fmt.Errorf("give %s to %s: %w", dir, account.Username, err)
		}
	}
	host.AsUser(attr, uint32(uid), uint32(gid))
	return attr, nil
}

func (p *Postgres) initdb(ctx context.Context, bin string, attr *syscall.SysProcAttr) error {
	passwordFile := filepath.Join(p.dir, "password")
	// Readable for the server's account; the directory itself is closed to everybody else.
	if err := os.WriteFile(passwordFile, []byte(p.Password), 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata="+p.data(), "--username="+p.User,
		"--pwfile="+passwordFile, "--auth-host=scram-sha-256", "--auth-local=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = p.dir, host.ChildEnv(p.dir), attr
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, host.LastLines(string(output), 10))
	}
	return os.Remove(passwordFile)
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "data") }

func (p *Postgres) serve(ctx context.Context, bin string, attr *syscall.SysProcAttr) error {
	args := []string{"-D", p.data(), "-p", strconv.Itoa(p.Port)}
	for _, setting := range append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=" + p.socketDir, "fsync=off"}, p.settings...) {
		args = append(args, "-c", setting) // the last one counts
	}
	var err error
	p.proc, err = host.Start(host.Program{
		Name: "postgres", Path: filepath.Join(bin, "postgres"), Attr: attr, Dir: p.dir, Env: host.ChildEnv(p.dir), Args: args,
	}, p.dir)
	if err != nil {
		return err
	}
	return p.proc.WaitReady(ctx, func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, p.dsn("postgres"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
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
