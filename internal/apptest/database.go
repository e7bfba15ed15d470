package apptest

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/testcluster"
)

// Database is a database on a server of its own, and that server's address.
func Database(t *testing.T) (database *url.URL, server string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	running, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, running.Close()) })
	database, err = url.Parse(running.DSN())
	require.NoError(t, err)
	database.Path = "postgres"
	return database, database.Host
}
