package store

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"opsbot/testcluster"
)

// start is when the tests' story begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// onEachBackend runs test on an empty store of every kind; all of them must behave alike.
func onEachBackend(t *testing.T, test func(*testing.T, *Store)) {
	for name, url := range map[string]func(testing.TB) string{"sqlite file": fileURL, "sqlite memory": memoryURL, "postgres": postgresURL} {
		t.Run(name, func(t *testing.T) { test(t, openURL(t, url(t))) })
	}
}

// onEachServer is onEachBackend for benchmarks, which measure what is on a disk.
func onEachServer(b *testing.B, bench func(*testing.B, *Store)) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": fileURL, "postgres": postgresURL} {
		b.Run(name, func(b *testing.B) { bench(b, openURL(b, url(b))) })
	}
}

func fileURL(t testing.TB) string { return "sqlite://" + t.TempDir() + "/opsbot.db" }

func memoryURL(testing.TB) string { return "sqlite://" + memoryPath }

func openURL(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// servers are the PostgreSQL servers of all tests and all benchmarks, started by the first that needs one.
var servers struct {
	sync.Mutex
	byFsync map[string]*testcluster.Postgres
	schemas atomic.Int64
}

func TestMain(m *testing.M) {
	if url := os.Getenv(crashURL); url != "" {
		appendForEver(url)
	}
	code := m.Run()
	for _, server := range servers.byFsync {
		if err := server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// postgresServer is a real server. For benchmarks it waits for the disk.
func postgresServer(t testing.TB) *testcluster.Postgres {
	t.Helper()
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	fsync := "fsync=off"
	if _, ok := t.(*testing.B); ok {
		fsync = "fsync=on"
	}
	servers.Lock()
	defer servers.Unlock()
	if servers.byFsync[fsync] == nil {
		server, err := testcluster.StartPostgres(context.Background(), "", fsync, "max_connections=200")
		require.NoError(t, err)
		if servers.byFsync == nil {
			servers.byFsync = map[string]*testcluster.Postgres{}
		}
		servers.byFsync[fsync] = server
	}
	return servers.byFsync[fsync]
}

// postgresURL is that of a new schema, which is as good as a database and quicker to make.
func postgresURL(t testing.TB) string {
	t.Helper()
	running := postgresServer(t)
	name := fmt.Sprintf("opsbot_%d", servers.schemas.Add(1))
	asAdmin(t, "CREATE SCHEMA "+name)
	return with(t, running.DSN(), func(u *url.URL) { u.RawQuery += "&search_path=" + name })
}

func asAdmin(t testing.TB, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), postgresServer(t).DSN())
	require.NoError(t, err)
	defer conn.Close(context.Background())
	for _, statement := range statements {
		_, err = conn.Exec(context.Background(), statement)
		require.NoError(t, err)
	}
}

// with is the URL after a change.
func with(t testing.TB, text string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(text)
	require.NoError(t, err)
	change(u)
	return u.String()
}
