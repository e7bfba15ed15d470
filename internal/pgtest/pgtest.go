// Package pgtest gives tests a real PostgreSQL server, and each of them a schema of its own.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"opsbot/testcluster"
)

// Servers are the PostgreSQL servers of all tests and all benchmarks of a package, started by the first that needs one.
// The zero value is usable; TestMain closes it.
type Servers struct {
	mu      sync.Mutex
	byFsync map[string]*testcluster.Postgres
	schemas int
}

// Server is a real server. For benchmarks it waits for the disk.
func (s *Servers) Server(t testing.TB) *testcluster.Postgres {
	t.Helper()
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	fsync := "fsync=off"
	if _, ok := t.(*testing.B); ok {
		fsync = "fsync=on"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byFsync[fsync] == nil {
		server, err := testcluster.StartPostgres(context.Background(), "", fsync, "max_connections=200")
		require.NoError(t, err)
		if s.byFsync == nil {
			s.byFsync = map[string]*testcluster.Postgres{}
		}
		s.byFsync[fsync] = server
	}
	return s.byFsync[fsync]
}

// URL is that of a new schema, which is as good as a database and quicker to make.
func (s *Servers) URL(t testing.TB) string {
	t.Helper()
	running := s.Server(t)
	s.mu.Lock()
	s.schemas++
	name := fmt.Sprintf("opsbot_%d", s.schemas)
	s.mu.Unlock()
	s.Exec(t, "CREATE SCHEMA "+name)
	return With(t, running.DSN(), func(u *url.URL) { u.RawQuery += "&search_path=" + name })
}

// Exec runs statements as the administrator of the server.
func (s *Servers) Exec(t testing.TB, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.Server(t).DSN())
	require.NoError(t, err)
	defer conn.Close(context.Background())
	for _, statement := range statements {
		_, err = conn.Exec(context.Background(), statement)
		require.NoError(t, err)
	}
}

// Close stops the servers and returns what went wrong with each.
func (s *Servers) Close() (problems []error) {
	for _, server := range s.byFsync {
		if err := server.Close(); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// With is the URL after a change.
func With(t testing.TB, text string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(text)
	require.NoError(t, err)
	change(u)
	return u.String()
}
