package main

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

	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/slacksim"
)

// Old incidents leave the database for the archive, where they can still be read; the audit record stays whole.
func TestOldIncidentsAreArchived(t *testing.T) {
	slack := testWorkspace(t)
	file := writeConfig(t, slack, "127.0.0.1:0")
	c, err := configs.Load(configs.Source{File: file})
	require.NoError(t, err)
	c.Storage.Archive = filepath.Join(t.TempDir(), "archive")
	t.Setenv("OPSBOT_STORAGE_ARCHIVE", c.Storage.Archive)
	long := time.Now().Add(-40 * 24 * time.Hour)
	a, err := newApp(t.Context(), *c, zap.NewNop())
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
	require.NoError(t, a.start(t.Context()))
	require.Equal(t, http.StatusOK, postAlerts(t, a.address()))
	require.Eventually(t, func() bool {
		list, err := a.store.Incidents(t.Context(), false, 10)
		return err == nil && len(list) == 2 && list[0].Number == 4 && list[1].Number == 3
	}, 20*time.Second, 10*time.Millisecond, "numbers go on")

	opsbot := func(args ...string) string {
		var out, problems bytes.Buffer
		require.Zero(t, run(t.Context(), append(args, "--config", file), &out, &problems), problems.String())
		return out.String()
	}
	require.Contains(t, opsbot("audit", "verify"), "ok ")
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
	require.NoError(t, a.stop(t.Context()))
	require.Equal(t, 2, bytes.Count([]byte(opsbot("store", "archive")), []byte("postgres is down")))
	require.Contains(t, opsbot("store", "archive", "INC-2"), "李四")
	var out, problems bytes.Buffer
	require.Equal(t, 1, run(t.Context(), []string{"store", "archive", "INC-3", "--config", file}, &out, &problems))
	require.Contains(t, problems.String(), "INC-3 is not in the archive")
}
