package store

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/engine"
	"opsbot/handlers/audit"
	"opsbot/internal/cable"
	"opsbot/internal/pgtest"
	"opsbot/store/sqldb"
	"opsbot/testcluster"
)

func TestPostgresRefusals(t *testing.T) {
	valid := postgresURL(t)
	postgres.Exec(t, "DROP ROLE IF EXISTS nobody", "CREATE ROLE nobody LOGIN PASSWORD 'a-secret'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	tests := map[string]struct {
		change func(*url.URL)
		want   error
	}{
		"server away":      {func(u *url.URL) { u.Host = "127.0.0.1:1" }, sqldb.ErrAway},
		"no such host":     {func(u *url.URL) { u.Host = "nowhere.invalid" }, sqldb.ErrAway},
		"wrong password":   {func(u *url.URL) { u.User = url.UserPassword("postgres", "a-secret") }, sqldb.ErrDenied},
		"no such database": {func(u *url.URL) { u.Path = "nothing" }, sqldb.ErrNoDatabase},
		"no rights":        {func(u *url.URL) { u.User, u.RawQuery = url.UserPassword("nobody", "a-secret"), "" }, sqldb.ErrNotAllowed},
		"no such schema":   {func(u *url.URL) { u.RawQuery = "search_path=nothing" }, sqldb.ErrNotAllowed},
		"read-only":        {func(u *url.URL) { u.RawQuery += "&default_transaction_read_only=on" }, sqldb.ErrStandby},
		"no TLS there":     {func(u *url.URL) { u.RawQuery = "sslmode=require" }, sqldb.ErrAway},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), pgtest.With(t, valid, tt.change), Options{})
			require.ErrorIs(t, err, tt.want)
			require.NotContains(t, err.Error(), "a-secret")
			require.NotContains(t, err.Error(), postgres.Server(t).Password)
		})
	}
	require.NoError(t, sqldb.CheckServer(t.Context(), valid))
	require.ErrorIs(t, sqldb.CheckServer(t.Context(), pgtest.With(t, valid, tests["wrong password"].change)), sqldb.ErrDenied)
	_, err := Open(t.Context(), "postgres://u:a-secret@h:port/d", Options{})
	require.ErrorContains(t, err, "%2F")
	require.NotContains(t, err.Error(), "a-secret")
}

func TestPostgresNewerSchema(t *testing.T) {
	url := postgresURL(t)
	s := openURL(t, url)
	_, err := s.db.Writes.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
	require.NoError(t, err)
	_, err = Open(t.Context(), url, Options{})
	require.ErrorIs(t, err, sqldb.ErrNewer)
}

// Replicas that are rolled out together meet an empty database.
func TestPostgresOpenedByManyAtOnce(t *testing.T) {
	url := postgresURL(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := Open(t.Context(), url, Options{})
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s := openURL(t, url)
	require.Equal(t, []int64{1}, idsOf(t, s, `SELECT COUNT(*) FROM replicas`), "those that stop say good-bye")
}

func TestPostgresReadOnly(t *testing.T) {
	url := postgresURL(t)
	writing := openURL(t, url)
	require.NoError(t, writing.Audit(t.Context(), audit.Event{Action: "x"}))
	reading, err := OpenReadOnly(t.Context(), url)
	require.NoError(t, err)
	rows, err := reading.AuditRows(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	_, err = reading.Append(t.Context(), start, []byte("x"))
	require.ErrorIs(t, err, sqldb.ErrClosed)
	_, err = reading.db.Reads.Exec(t.Context(), `DELETE FROM audit`)
	require.ErrorIs(t, wrap("delete", err), sqldb.ErrStandby, "the server refuses, too")
	require.NoError(t, reading.Close())
}

// cabled is a store whose connection to the server can be cut.
func cabled(t *testing.T, to string, o Options) (*Store, *cable.Cable) {
	t.Helper()
	c := cable.New(t, fmt.Sprint("127.0.0.1:", postgres.Server(t).Port))
	s, err := Open(t.Context(), pgtest.With(t, to, func(u *url.URL) { u.Host = c.Addr() }), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, c
}

func TestServerAwayForAWhile(t *testing.T) {
	s, server := cabled(t, postgresURL(t), Options{})
	_, err := s.Append(t.Context(), start, []byte("before"))
	require.NoError(t, err)
	server.Cut()
	for range 3 {
		_, err = s.Append(t.Context(), start, []byte("lost"))
		require.ErrorIs(t, err, sqldb.ErrAway)
		_, err = s.Pending(t.Context(), 10)
		require.ErrorIs(t, err, sqldb.ErrAway)
	}
	server.Mend()
	require.Eventually(t, func() bool {
		_, err := s.Append(t.Context(), start, []byte("after"))
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	pending, err := s.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, pending, 2, "what was refused is not there")
}

// The server is killed while it is written to, and comes back after its own recovery: what was acknowledged is there, what was
// not may be, and the store goes on by itself, as the leader that it was.
func TestServerCrashes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	server, err := testcluster.StartPostgres(t.Context(), "", "fsync=on")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	s := openURL(t, server.DSN())
	ctx, stop := context.WithCancel(t.Context())
	led := make(chan error, 1)
	go func() {
		led <- s.Lead(ctx, func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
	}()
	require.Eventually(t, s.Leading, soon, time.Millisecond)
	var acknowledged []string
	send := func(payload string) error {
		_, err := s.Append(t.Context(), start, []byte(payload))
		if err == nil {
			acknowledged = append(acknowledged, payload)
		}
		return err
	}
	for round := range 3 {
		for i := range 50 {
			require.NoError(t, send(fmt.Sprint("before ", round, i)))
		}
		require.NoError(t, server.Crash())
		require.ErrorIs(t, send(fmt.Sprint("during ", round)), sqldb.ErrAway)
		require.NoError(t, server.Restart(t.Context()))
		require.Eventually(t, func() bool { return send(fmt.Sprint("after ", round)) == nil }, 10*time.Second, 10*time.Millisecond)
	}
	require.Eventually(t, s.Leading, 10*time.Second, 10*time.Millisecond)
	var pending []engine.JournalEntry
	require.Eventually(t, func() bool { // a connection of before may be found broken only now
		pending, err = s.Pending(t.Context(), 1000)
		return err == nil
	}, soon, 10*time.Millisecond)
	there := map[string]int{}
	for _, e := range pending {
		there[string(e.Payload)]++
	}
	for _, payload := range acknowledged {
		require.Equal(t, 1, there[payload], payload)
	}
	stop()
	require.ErrorIs(t, <-led, context.Canceled)
}

// The server's machine has lost its power: nothing says so, and nothing must wait for it for ever.
func TestServerFallsSilent(t *testing.T) {
	s, server := cabled(t, postgresURL(t), Options{Patience: 300 * time.Millisecond})
	_, err := s.Append(t.Context(), start, []byte("before"))
	require.NoError(t, err)
	server.Freeze()
	_, err = s.Append(t.Context(), start, []byte("lost"))
	require.ErrorIs(t, err, sqldb.ErrAway)
	_, err = s.Pending(t.Context(), 10)
	require.ErrorIs(t, err, sqldb.ErrAway)
	server.Mend()
	require.Eventually(t, func() bool {
		_, err := s.Append(t.Context(), start, []byte("after"))
		return err == nil
	}, soon, 10*time.Millisecond)
}
