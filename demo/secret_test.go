package demo

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/slacksim"
)

// A password that is typed into a form goes to the cluster and the database, and can be found nowhere else: not in opsbot's store, logs
// or audit record, not in what it sent to Slack, not in the API server's audit log, and in no file of the machine but etcd's.
func TestATypedSecretIsFoundNowhere(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a control plane, PostgreSQL and Alertmanager")
	}
	d, logs := startLogged(t)
	const typed = "Typed-In-A-Form-7731"
	system := d.slack.User("system")
	require.NoError(t, system.Command(incidents, "/secret rotate"))
	view, err := system.WaitModal(t.Context(), "secret rotate")
	require.NoError(t, err)
	require.Contains(t, string(view.Blocks), `"postgres-secret"`, "the Secrets that there are")
	require.NoError(t, system.SelectView(view, "name/menu", "postgres-secret"))
	view, err = system.WaitModal(t.Context(), "username") // the keys of the one that was chosen
	require.NoError(t, err)
	require.NoError(t, system.Submit(view, map[string]string{"key/menu": "password", "value": typed}))

	plan, err := d.slack.WaitMessage(t.Context(), slacksim.In(incidents), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, "approve") }))
	require.NoError(t, err)
	require.Contains(t, plan.Text(), "database role `postgres`, which gets the new one first")
	require.NoError(t, d.slack.User("dba").Click(plan, "approve"))
	tour := &tour{demo: d}
	answer, err := tour.edited(t.Context(), plan, func(m slacksim.Message) bool { return hasButton(m, calls.ActionUndo) })
	require.NoError(t, err)
	require.Contains(t, answer.Text(), "The new password works for database role `postgres`, the old one no longer does")
	require.True(t, d.opens(t.Context(), typed))
	require.False(t, d.opens(t.Context(), d.database.Password))

	require.NoError(t, system.Command(incidents, "/secret rotate postgres-secret password --value "+typed))
	_, err = d.slack.WaitMessage(t.Context(), slacksim.EphemeralTo("system"), slacksim.Containing("Never type a secret into a command"))
	require.NoError(t, err)

	sent, err := json.Marshal(d.slack.Calls())
	require.NoError(t, err)
	requireNoSecret(t, "what was sent to Slack", sent, typed)
	for _, dir := range []string{d.dir, filepath.Dir(d.cluster.AuditLog())} {
		requireNoFileWith(t, dir, typed)
	}
	written := logs()
	requireNoSecret(t, "opsbot's log", written, typed)
}

func requireNoSecret(t *testing.T, where string, content []byte, secret string) {
	t.Helper()
	for _, written := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
		require.False(t, bytes.Contains(content, []byte(written)), "%s has the secret", where)
	}
}

// requireNoFileWith looks through all files but etcd's, where the Secret itself is.
func requireNoFileWith(t *testing.T, dir, secret string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, "etcd") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		requireNoSecret(t, path, content, secret)
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, files)
}
