package audit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"opsbot/artifacts"
	"opsbot/handlers/audit"
)

type record []audit.Row

func (r *record) AuditHead(context.Context) (audit.Row, error) {
	if len(*r) == 0 {
		return audit.Row{}, nil
	}
	return (*r)[len(*r)-1], nil
}

func (r *record) AuditRows(_ context.Context, after int64, limit int) ([]audit.Row, error) {
	rows := *r
	rows = rows[min(int(after), len(rows)):]
	return rows[:min(limit, len(rows))], nil
}

type place struct {
	kept []audit.Checkpoint
	fail error
}

func (p *place) Keep(_ context.Context, c audit.Checkpoint) error {
	if p.fail == nil {
		p.kept = append(p.kept, c)
	}
	return p.fail
}

func newCheckpointer(rows *record, places ...audit.Place) (*audit.Checkpointer, *observer.ObservedLogs) {
	core, logs := observer.New(zap.InfoLevel)
	now := noon
	clock := func() time.Time { now = now.Add(time.Minute); return now }
	return &audit.Checkpointer{Record: rows, Keys: audit.Keys{newKey}, Places: places, Now: clock, Log: zap.New(core)}, logs
}

func TestCheckpointsAreMadeOfWhatHasGrown(t *testing.T) {
	ctx := t.Context()
	var rows record
	kept := &place{}
	k, logs := newCheckpointer(&rows, kept)
	require.NoError(t, k.Make(ctx))
	require.Empty(t, kept.kept, "of an empty record there is nothing to say")
	rows = chain(t, 5, "x")
	require.NoError(t, k.Make(ctx))
	require.NoError(t, k.Make(ctx))
	require.Len(t, kept.kept, 1)
	require.Equal(t, 1, logs.FilterMessage("audit checkpoint").Len())
	require.NoError(t, kept.kept[0].Check(audit.Keys{newKey}))
	require.EqualValues(t, 5, kept.kept[0].Rows)

	rows, kept.fail = chain(t, 6, "x"), errors.New("the bucket is away")
	require.ErrorContains(t, k.Make(ctx), "the bucket is away")
	require.Equal(t, 2, logs.FilterMessage("audit checkpoint").Len(), "the log has it")
	kept.fail = nil
	require.NoError(t, k.Make(ctx))
	require.EqualValues(t, 6, kept.kept[1].Rows, "and the bucket gets it as soon as it is back")
}

func TestNoCheckpointOfARewrittenRecord(t *testing.T) {
	ctx := t.Context()
	for name, now := range map[string]record{"cut": chain(t, 4, "x"), "emptied": nil, "computed anew": chain(t, 9, "y")} {
		rows := record(chain(t, 5, "x"))
		kept := &place{}
		k, _ := newCheckpointer(&rows, kept)
		require.NoError(t, k.Make(ctx))
		rows = now
		require.ErrorIs(t, k.Make(ctx), audit.ErrRewritten, name)
		require.Len(t, kept.kept, 1, name)
	}
}

func TestTheArchiveKeepsCheckpoints(t *testing.T) {
	ctx := t.Context()
	files, err := artifacts.Open(ctx, "file://"+t.TempDir())
	require.NoError(t, err)
	defer files.Close()
	archive := audit.Archive{Files: files}
	_, ok, err := archive.Newest(ctx)
	require.NoError(t, err)
	require.False(t, ok)
	rows := record(chain(t, 5, "x"))
	k, _ := newCheckpointer(&rows, archive)
	require.NoError(t, k.Make(ctx))
	rows = chain(t, 8, "x")
	require.NoError(t, k.Make(ctx))

	all, err := archive.Checkpoints(ctx)
	require.NoError(t, err)
	require.Len(t, all, 2)
	newest, ok, err := archive.Newest(ctx)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, all[1], newest)
	require.EqualValues(t, 8, newest.Rows)

	rows = chain(t, 6, "x") // cut while opsbot did not run
	next, _ := newCheckpointer(&rows, archive)
	next.Archive = &archive
	require.ErrorIs(t, next.Make(ctx), audit.ErrRewritten)
}
