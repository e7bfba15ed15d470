package app

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/app/check"
	"opsbot/app/reports"
	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// Old incidents leave the database for the archive, where they can still be read; the audit record stays whole.
func TestOldIncidentsAreArchived(t *testing.T) {
	slack := apptest.Workspace(t)
	file := apptest.WriteConfig(t, slack, "127.0.0.1:0")
	c, err := configs.Load(configs.Source{File: file})
	require.NoError(t, err)
	c.Storage.Archive = filepath.Join(t.TempDir(), "archive")
	long := time.Now().Add(-40 * 24 * time.Hour)
	a, err := New(t.Context(), *c, zap.NewNop())
	require.NoError(t, err)
	for n := range 3 { // the last one is young
		at := long
		if n == 2 {
			at = time.Now()
		}
		number, err := a.store.NextNumber(t.Context())
		require.NoError(t, err)
		require.NoError(t, a.store.Apply(t.Context(), escalation.Change{Incident: incident.Incident{
			Number: number, Title: "postgres is down", Status: incident.Resolved, OpenedAt: at, ResolvedAt: at, Owner: "dba@company.com",
		}}))
	}
	a.archiveIncidents(t.Context())
	require.NoError(t, a.Start(t.Context()))
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	require.Eventually(t, func() bool {
		list, err := a.store.Incidents(t.Context(), false, 10)
		return err == nil && len(list) == 2 && list[0].Number == 4 && list[1].Number == 3
	}, 20*time.Second, 10*time.Millisecond, "numbers go on")

	var out bytes.Buffer
	require.NoError(t, check.Audit(t.Context(), &out, *c, ""))
	require.Contains(t, out.String(), "ok ")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	for line, answer := range map[string]slacksim.Match{
		"/incident timeline INC-2": slacksim.Where(func(m slacksim.Message) bool {
			return len(m.Files) == 1 && strings.HasPrefix(m.Files[0].Name, "inc-2-timeline") && strings.Contains(string(m.Files[0].Content), "李四")
		}),
		"/incident pages INC-1":     slacksim.Containing("INC-1"),
		"/incident timeline INC-99": slacksim.Containing("There is no such incident"),
		"/incident note INC-2 x":    slacksim.Containing("may be in the archive"),
	} {
		require.NoError(t, slack.User("dba").Command(incidents, line))
		_, err := slack.User("dba").WaitMessage(ctx, answer)
		require.NoError(t, err, line)
	}
	require.NoError(t, a.Stop(t.Context()))
	archived, unreadable := reports.ReadArchive(c.Storage.Archive)
	require.Empty(t, unreadable)
	out.Reset()
	require.NoError(t, archived.List(&out))
	require.Equal(t, 2, bytes.Count(out.Bytes(), []byte("postgres is down")))
	out.Reset()
	require.NoError(t, archived.Print(&out, *c, "INC-2"))
	require.Contains(t, out.String(), "李四")
	require.ErrorContains(t, archived.Print(&out, *c, "INC-3"), "INC-3 is not in the archive")
}
