package sqldb

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/cable"
	"opsbot/internal/pgtest"
)

// A server may be told to lie about commits, for speed.
func TestPostgresCommitsAreDurable(t *testing.T) {
	db := openDB(t, pgtest.With(t, postgres.URL(t), func(u *url.URL) { u.RawQuery += "&synchronous_commit=off" }))
	var setting string
	require.NoError(t, db.Writes.Row(t.Context(), `SELECT current_setting('synchronous_commit')`, nil, &setting))
	require.Equal(t, "on", setting)
}

// Slow is not silent: a storm's transaction may take longer than a server may be silent.
func TestLongTransactionOfAServerThatAnswers(t *testing.T) {
	slow := cable.New(t, fmt.Sprint("127.0.0.1:", postgres.Server(t).Port))
	url := pgtest.With(t, postgres.URL(t), func(u *url.URL) { u.Host = slow.Addr() })
	db, err := Open(t.Context(), url, Options{Patience: 300 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	err = db.Write(t.Context(), func(t *Tx) error {
		for range 6 {
			if _, err := t.Exec(`SELECT pg_sleep(0.1)`); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
}
