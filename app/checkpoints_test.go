package app

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/app/check"
	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// Checkpoints are in the directory and in the channel while opsbot runs, and a last one is made at the stop.
func TestCheckpointsOfTheAuditRecord(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	dir := t.TempDir()
	var err error
	c.Audit.URL, err = configs.ParseURL("file://" + dir)
	require.NoError(t, err)
	c.Audit.Keys, c.Audit.Interval, c.Audit.Channel = []configs.Secret{configs.NewSecret("0123456789abcdef0123456789abcdef")}, 50*time.Millisecond, "general"
	a := startApp(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, a.store.Audit(ctx, audit.Event{At: time.Now(), Action: "x"}))
	posted, err := slack.WaitMessage(ctx, slacksim.In("general"), slacksim.Containing("Audit record: checkpoint at row"))
	require.NoError(t, err)
	require.Contains(t, posted.Text(), `"mac"`, "what was signed can be copied")

	require.NoError(t, a.store.Audit(ctx, audit.Event{At: time.Now(), Action: "the last one"}))
	require.NoError(t, a.Stop(ctx))
	var out bytes.Buffer
	require.NoError(t, check.Audit(ctx, &out, c, dir))
	require.Contains(t, out.String(), "for the 0 rows after it only the chain speaks")
}
