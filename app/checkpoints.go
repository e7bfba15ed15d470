package app

import (
	"context"
	"encoding/json"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/handlers/audit"
	"opsbot/messages"
)

// lastCheckpointLimit bounds the checkpoint that is made at a stop: a bucket that is away must not keep opsbot from stopping.
const lastCheckpointLimit = 5 * time.Second

// makeCheckpoints prepares the checkpoints of the audit record. The last one is made when all that writes to the record has stopped.
func (a *App) makeCheckpoints(ctx context.Context) error {
	log := a.log.Named("audit")
	a.checkpoints = &audit.Checkpointer{Record: a.store, Keys: configured.AuditKeys(a.config), Now: time.Now, Log: log}
	if len(a.checkpoints.Keys) == 0 {
		log.Warn("checkpoints of the audit record are not signed: audit.keys is empty")
	}
	archive, err := configured.AuditArchive(ctx, a.config)
	if err != nil {
		return err
	}
	if archive != nil {
		a.teardown.Add("storage of audit checkpoints", func(context.Context) error { return archive.Files.Close() })
		a.checkpoints.Archive, a.checkpoints.Places = archive, append(a.checkpoints.Places, archive)
	}
	a.teardown.Add("last audit checkpoint", a.lastCheckpoint)
	return nil
}

func (a *App) lastCheckpoint(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lastCheckpointLimit)
	defer cancel()
	if err := a.checkpoints.Make(ctx); err != nil {
		a.log.Error("no audit checkpoint at the stop", zap.Error(err))
	}
	return nil
}

// tellCheckpoints lets the configured channel have the checkpoints, once it is known.
func (a *App) tellCheckpoints(context.Context) error {
	if a.auditChannel != "" {
		a.checkpoints.Places = append(a.checkpoints.Places, checkpointChannel{a})
	}
	return nil
}

// checkpointChannel is the Slack channel as a place for checkpoints. What is posted is what opsbot audit verify reads.
type checkpointChannel struct{ app *App }

func (c checkpointChannel) Keep(ctx context.Context, checkpoint audit.Checkpoint) error {
	line, err := json.Marshal(checkpoint)
	if err != nil {
		return err
	}
	card := messages.Card{
		Title:    messages.New("audit.checkpoint", "rows", checkpoint.Rows),
		Sections: []messages.Section{messages.Paragraph(messages.New("audit.checkpoint_line", "line", messages.Code(string(line))))},
	}
	return c.app.store.Put(ctx, messages.Outbound{Key: "audit/" + checkpoint.Head, Lane: messages.LaneUpdate, Channel: c.app.auditChannel, Card: card})
}
