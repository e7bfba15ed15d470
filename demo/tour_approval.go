package demo

import (
	"context"
	"fmt"

	"opsbot/handlers/calls"
	"opsbot/messages"
	"opsbot/slacksim"
)

func (t *tour) request(ctx context.Context) (proof messages.Text, err error) {
	admin := t.slack.User("system")
	t.says("system", messages.New("tour.says.mention", "line", "@opsbot rollback postgres"))
	if _, err := admin.Mention(t.dbIncident.Channel, t.dbIncident.TS, "rollback postgres"); err != nil {
		return proof, err
	}
	plan, err := t.slack.WaitMessage(ctx, slacksim.InThread(t.dbIncident.TS), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, "approve") }))
	if err != nil {
		return proof, fmt.Errorf("no approval was asked for: %w", err)
	}
	t.shows(plan)
	t.says("system", messages.New("tour.says.approve_own"))
	if err := admin.Click(plan, "approve"); err != nil {
		return proof, err
	}
	refusal, err := t.slack.WaitMessage(ctx, slacksim.EphemeralTo("system"), slacksim.Containing("rollback postgres"))
	if err != nil {
		return proof, fmt.Errorf("the requester was not refused: %w", err)
	}
	t.shows(refusal)
	t.plan = plan
	return messages.New("tour.proof.request"), nil
}

func (t *tour) approval(ctx context.Context) (proof messages.Text, err error) {
	t.says("development", messages.New("tour.says.approve"))
	if err := t.slack.User("development").Click(t.plan, "approve"); err != nil {
		return proof, err
	}
	answer, err := t.edited(ctx, t.plan, func(m slacksim.Message) bool { return hasButton(m, calls.ActionUndo) })
	if err != nil {
		return proof, err
	}
	t.shows(answer)
	ready, err := t.readyReplicas(ctx, "postgres")
	if err != nil {
		return proof, err
	}
	if ready != 1 {
		return proof, fmt.Errorf("postgres has %d ready pods, want 1", ready)
	}
	return messages.New("tour.proof.approval"), nil
}

func (t *tour) backup(ctx context.Context) (proof messages.Text, err error) {
	answer, err := t.command(ctx, "dba", "/backup db", "sha256")
	if err != nil {
		return proof, err
	}
	t.shows(answer)
	rows, err := t.restoreNewest(ctx)
	if err != nil {
		return proof, fmt.Errorf("restore the backup: %w", err)
	}
	return messages.New("tour.proof.backup", "rows", rows), nil
}
