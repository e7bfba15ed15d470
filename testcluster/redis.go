package testcluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"opsbot/testcluster/host"
)

// redisPassword is that of the platform's redis-secret.
const redisPassword = "redis-password"

// Redis is a running Redis server, reachable on loopback only. Its password is that of the platform's redis-secret.
type Redis struct {
	Password string
	Port     int
	proc     *host.Process
	dir      string
}

// StartRedis runs the machine's Redis (Debian package "redis-server") in a new directory below dir, which defaults to the temporary
// directory. Settings are lines of redis.conf: "maxmemory 100mb".
func StartRedis(ctx context.Context, dir string, settings ...string) (*Redis, error) {
	server, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("find Redis: %w (apt-get install redis-server)", err)
	}
	dir, err = os.MkdirTemp(dir, "opsbot-redis-")
	if err != nil {
		return nil, fmt.Errorf("create Redis directory: %w", err)
	}
	r := &Redis{Password: redisPassword, dir: dir}
	if err := r.start(ctx, server, settings); err != nil {
		return nil, errors.Join(fmt.Errorf("start Redis: %w", err), r.Close())
	}
	return r, nil
}

func (r *Redis) start(ctx context.Context, server string, settings []string) error {
	for attempt := 1; ; attempt++ {
		ports, err := host.FreePorts(1)
		if err != nil {
			return err
		}
		r.Port = ports[0]
		lines := append([]string{"bind 127.0.0.1", fmt.Sprint("port ", r.Port), "requirepass " + r.Password, "dir " + r.dir, "save 3600 1"}, settings...)
		files := map[string][]byte{"redis.conf": []byte(strings.Join(lines, "\n") + "\n")}
		if err := host.WriteFiles(r.dir, files); err != nil {
			return err
		}
		r.proc, err = host.Start(host.Program{
			Name: "redis", Path: server, Dir: r.dir, Env: host.ChildEnv(r.dir), Args: []string{filepath.Join(r.dir, "redis.conf")},
		}, r.dir)
		if err != nil {
			return err
		}
		if err = r.proc.WaitReady(ctx, r.answers); err == nil {
			return r.writeClient()
		}
		if !r.proc.LostPort() || attempt == bindAttempts {
			return err
		}
	}
}

// answers asks for a sign of life, which the server gives by asking for the password.
func (r *Redis) answers(ctx context.Context) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", host.Loopback(r.Port))
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "-NOAUTH") {
		err = fmt.Errorf("Redis answers %q", line)
	}
	return err
}

// writeClient makes a redis-cli that finds the server as the one in a container does: without being told where.
func (r *Redis) writeClient() error {
	client, err := exec.LookPath("redis-cli")
	if err != nil {
		return fmt.Errorf("find redis-cli: %w (apt-get install redis-tools)", err)
	}
	script := fmt.Sprintf("#!/bin/sh\nexec %s -h 127.0.0.1 -p %d \"$@\"\n", client, r.Port)
	if err := os.MkdirAll(r.bin(), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.bin(), "redis-cli"), []byte(script), 0o755)
}

func (r *Redis) bin() string { return filepath.Join(r.dir, "bin") }

// Env returns the environment in which redis-cli reaches this server.
func (r *Redis) Env() map[string]string {
	return map[string]string{"PATH": r.bin() + string(os.PathListSeparator) + os.Getenv("PATH")}
}

// Close stops the server and removes its data.
func (r *Redis) Close() error {
	if r.proc != nil {
		r.proc.Kill()
	}
	if err := os.RemoveAll(r.dir); err != nil {
		return fmt.Errorf("remove Redis data: %w", err)
	}
	return nil
}
