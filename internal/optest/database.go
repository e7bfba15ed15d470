package optest

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"opsbot/k8sops"
)

// FakeDatabase answers the commands that operations run in the database's pod.
type FakeDatabase struct {
	Dump     string
	Fail     *k8sops.CommandError
	Restored string
	// Tables is what a count of all tables gives, by database; "" is for the others. Columns are separated by tabs.
	Tables map[string]string
	// Roles are those that can log in, with their passwords. Trust lets everybody in.
	Roles map[string]string
	Trust bool
	// Settings are those of the server, by name; without any, HandbookSettings. Answer is asked before anything else is, and may be nil.
	Settings map[string]*FakeSetting
	Answer   func(sql string) (answer string, known bool)
	// Info is what Redis says of itself, to whom names its password.
	Info, RedisPassword string

	mu                         sync.Mutex
	commands                   [][]string
	session                    strings.Builder
	tried, triedShown, refused string
}

// Session is everything that was typed into sessions of psql.
func (f *FakeDatabase) Session() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session.String()
}

// Commands are the programs that ran, with their arguments.
func (f *FakeDatabase) Commands() [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

// Exec implements k8sops.Executor.
func (f *FakeDatabase) Exec(_ context.Context, c k8sops.Command) error {
	f.mu.Lock()
	f.commands = append(f.commands, c.Args)
	f.mu.Unlock()
	if f.Fail != nil && c.Args[0] == f.Fail.Program {
		return f.Fail
	}
	switch c.Args[0] {
	case "psql":
		return f.psql(c)
	case "df":
		return Write(c.Stdout, "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 870 130 87% /var/lib/postgresql\n")
	case "tar":
		w := tar.NewWriter(c.Stdout)
		return errors.Join(w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: c.Args[len(c.Args)-1] + "/", Mode: 0o755}), w.Close())
	case "find", "logrotate":
		return nil // no old log files
	case "sh":
		if c.Stdin == nil { // a test of the network
			return Write(c.Stdout, "@dns getent 0 1.00 1.01\n10.96.0.1 kubernetes\n@tcp bash 0 1.00 1.01\n")
		}
		if slices.Contains(c.Args, "INFO") {
			return f.info(c)
		}
		return f.logIn(c)
	case "pg_dump":
		return Write(c.Stdout, f.Dump)
	default:
		data, err := io.ReadAll(c.Stdin)
		f.mu.Lock()
		f.Restored = string(data)
		f.mu.Unlock()
		return err
	}
}

// psql answers a statement, or a session of lines where it has an input.
func (f *FakeDatabase) psql(c k8sops.Command) error {
	database := c.Args[slices.Index(c.Args, "-d")+1]
	if c.Stdin == nil {
		for i, word := range c.Args[1:] {
			if c.Args[i] != "-c" {
				continue
			}
			answer, err := f.statement(database, word)
			if refused, ok := errors.AsType[*k8sops.CommandError](err); ok && slices.Contains(c.Args, "ON_ERROR_STOP=0") {
				f.refused, err = refused.Stderr, nil
			}
			if err := errors.Join(err, Write(c.Stdout, answer)); err != nil {
				return err
			}
		}
		return nil
	}
	lines := bufio.NewScanner(c.Stdin)
	for lines.Scan() {
		f.mu.Lock()
		f.session.WriteString(lines.Text() + "\n")
		f.mu.Unlock()
		f.alter(lines.Text())
		answer := f.answer(database, lines.Text())
		if text, isEcho := strings.CutPrefix(lines.Text(), "\\echo "); isEcho {
			answer = strings.Trim(text, "'") + "\n"
		}
		if err := Write(c.Stdout, answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (f *FakeDatabase) answer(database, sql string) string {
	switch {
	case strings.Contains(sql, "pg_export_snapshot"):
		return "00000003-0000001B-1\n"
	case strings.Contains(sql, "pg_roles"):
		return strings.Join(slices.Sorted(maps.Keys(f.Roles)), "\n") + "\n"
	case strings.Contains(sql, "information_schema.tables"):
		if tables, known := f.Tables[database]; known {
			return tables
		}
		return f.Tables[""]
	}
	return ""
}

// Write writes s, as a program to its standard output.
func Write(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
