package sqldb

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/internal/pgtest"
)

// postgres are the servers of this package's tests.
var postgres pgtest.Servers

func TestMain(m *testing.M) {
	code := m.Run()
	for _, err := range postgres.Close() {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func fileURL(t testing.TB) string { return "sqlite://" + t.TempDir() + "/opsbot.db" }

func openDB(t testing.TB, url string) *DB {
	t.Helper()
	db, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
