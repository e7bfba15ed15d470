package audit_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"opsbot/handlers/audit"
)

const (
	oldKey = "0123456789abcdef0123456789abcdef"
	newKey = "fedcba9876543210fedcba9876543210"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// chain is a record of n events; word makes it another one than that of another word.
func chain(t testing.TB, n int, word string) []audit.Row {
	t.Helper()
	var rows []audit.Row
	var last audit.Row
	for range n {
		row, err := audit.Chain(last, audit.Event{At: noon, Action: word, Actor: "U0LEAD"})
		require.NoError(t, err)
		rows, last = append(rows, row), row
	}
	return rows
}

// recomputed keeps the first rows and chains others to them.
func recomputed(t testing.TB, rows []audit.Row, keep, n int) []audit.Row {
	t.Helper()
	kept := append([]audit.Row{}, rows[:keep]...)
	last := kept[keep-1]
	for range n - keep {
		row, err := audit.Chain(last, audit.Event{At: noon, Action: "harmless"})
		require.NoError(t, err)
		kept, last = append(kept, row), row
	}
	return kept
}

func verify(rows []audit.Row, checkpoints ...audit.Checkpoint) error {
	v := audit.NewVerifier(checkpoints)
	for _, row := range rows {
		if err := v.Next(row); err != nil {
			return err
		}
	}
	return v.End()
}

func TestCheckpointsFindWhatTheChainCannot(t *testing.T) {
	rows := chain(t, 30, "x")
	ten, twenty := audit.NewCheckpoint(rows[9], noon, nil), audit.NewCheckpoint(rows[19], noon.Add(time.Hour), nil)
	both := []audit.Checkpoint{twenty, ten}
	require.NoError(t, verify(rows, both...))
	require.NoError(t, verify(rows[:20], both...), "what came after the checkpoint it does not cover")

	for name, c := range map[string]struct {
		rows []audit.Row
		says string
	}{
		"the end is cut off":                 {rows[:15], "audit rows 16 to 20: removed"},
		"the table is emptied":               {nil, "audit rows 1 to 20: removed"},
		"emptied, and it goes on":            {chain(t, 12, "y"), "audit rows 1 to 10: rewritten"},
		"all of it computed anew":            {chain(t, 30, "y"), "audit rows 1 to 10: rewritten"},
		"computed anew from a row on":        {recomputed(t, rows, 13, 30), "audit rows 11 to 20: rewritten"},
		"computed anew before a checkpoint":  {recomputed(t, rows, 3, 30), "audit rows 1 to 10: rewritten"},
		"computed anew, and shorter than it": {recomputed(t, rows, 12, 18), "audit rows 19 to 20: removed"},
	} {
		require.NoError(t, verify(c.rows), "%s: the chain alone does not show it", name)
		require.ErrorContains(t, verify(c.rows, both...), c.says, name)
	}
}

func TestSignaturesAndRotation(t *testing.T) {
	head := chain(t, 3, "x")[2]
	old := audit.NewCheckpoint(head, noon, audit.Keys{oldKey})
	current := audit.NewCheckpoint(head, noon, audit.Keys{newKey, oldKey})
	require.Equal(t, audit.KeyID(newKey), current.Key, "the first key signs")
	require.NotContains(t, oldKey, old.Key)

	both := audit.Keys{newKey, oldKey}
	require.NoError(t, old.Check(both))
	require.NoError(t, current.Check(both))
	require.ErrorIs(t, old.Check(audit.Keys{newKey}), audit.ErrUnknownKey)
	require.ErrorIs(t, audit.NewCheckpoint(head, noon, nil).Check(both), audit.ErrUnsigned)
	require.NoError(t, audit.NewCheckpoint(head, noon, nil).Check(nil))
	for name, forge := range map[string]func(*audit.Checkpoint){
		"head":      func(c *audit.Checkpoint) { c.Head = strings.Repeat("0", 64) },
		"rows":      func(c *audit.Checkpoint) { c.Rows = 2 },
		"time":      func(c *audit.Checkpoint) { c.At = c.At.Add(time.Second) },
		"key":       func(c *audit.Checkpoint) { c.Key = audit.KeyID(oldKey) },
		"signature": func(c *audit.Checkpoint) { c.MAC = "ff" + c.MAC[2:] },
		"no hex":    func(c *audit.Checkpoint) { c.MAC = "signed" },
	} {
		c := current
		forge(&c)
		require.ErrorIs(t, c.Check(both), audit.ErrForged, name)
	}
}

func TestCheckpointsAreReadFromFilesAndLogs(t *testing.T) {
	c := audit.NewCheckpoint(chain(t, 3, "x")[2], noon, audit.Keys{newKey})
	line, err := json.Marshal(c)
	require.NoError(t, err)
	var logged bytes.Buffer
	logged.WriteString("opsbot-0 | not a line of ours {\n{\"msg\":\"opsbot runs\"}\n")
	for _, encoder := range []zapcore.Encoder{zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig())} {
		zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&logged), zap.InfoLevel)).Info("audit checkpoint", zap.Any("checkpoint", c))
	}
	for name, text := range map[string]string{"a file": string(line) + "\n", "a log": logged.String()} {
		found, err := audit.ReadCheckpoints(strings.NewReader(text))
		require.NoError(t, err)
		require.NotEmpty(t, found, name)
		for _, f := range found {
			require.Equal(t, c, f, name)
			require.NoError(t, f.Check(audit.Keys{newKey}), name)
		}
	}
}

func TestExportIsWhatWasHashed(t *testing.T) {
	rows := chain(t, 2, `<&> "quoted" 中文`)
	changed := rows[1]
	changed.Event = []byte("no\njson")
	var out bytes.Buffer
	for _, row := range append(rows, changed) {
		require.NoError(t, audit.Export(&out, row))
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	var got struct {
		Seq        int64
		Prev, Hash string
		Event      json.RawMessage
		Raw        []byte `json:"event_base64"`
	}
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &got))
	require.NoError(t, audit.VerifyRow(rows[0], audit.Row{Seq: got.Seq, Prev: got.Prev, Hash: got.Hash, Event: got.Event}))
	require.NoError(t, json.Unmarshal([]byte(lines[2]), &got))
	require.Equal(t, changed.Event, got.Raw)
}
