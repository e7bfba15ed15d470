package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"opsbot/handlers"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

const incidents = "#incidents"

// story is the main job from end to end.
func (t *tour) story() []chapter {
	return []chapter{
		{messages.New("tour.title.alert"), t.alert},
		{messages.New("tour.title.escalation"), t.escalation},
		{messages.New("tour.title.acknowledge"), t.acknowledge},
		{messages.New("tour.title.health"), t.health},
		{messages.New("tour.title.scale"), t.scale},
		{messages.New("tour.title.rollback"), t.rollback},
		{messages.New("tour.title.refusals"), t.refusals},
		{messages.New("tour.title.request"), t.request},
		{messages.New("tour.title.approval"), t.approval},
		{messages.New("tour.title.backup"), t.backup},
		{messages.New("tour.title.resolution"), t.resolution},
		{messages.New("tour.title.watchdog"), t.watchdog},
		{messages.New("tour.title.timeline"), t.timeline},
	}
}

func (t *tour) alert(ctx context.Context) (proof messages.Text, err error) {
	t.says("pipeline", messages.New("tour.says.break"))
	t.broken = time.Now()
	if err := t.cluster.BadImage(ctx, testcluster.PlatformNamespace, "postgres"); err != nil {
		return proof, err
	}
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("ServiceDown"), slacksim.Containing("postgres"))
	if err != nil {
		return proof, err
	}
	t.dbIncident = header
	t.shows(header)
	page, err := t.slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("ServiceDown"))
	if err != nil {
		return proof, fmt.Errorf("the DBA was not paged: %w", err)
	}
	t.shows(page)
	return messages.New("tour.proof.alert", "after", time.Since(t.broken)), nil
}

func (t *tour) escalation(ctx context.Context) (proof messages.Text, err error) {
	page, err := t.slack.WaitMessage(ctx, slacksim.In("@system"), slacksim.Containing("ServiceDown"))
	if err != nil {
		return proof, fmt.Errorf("the system administrator was not paged: %w", err)
	}
	t.shows(page)
	waited := time.Since(t.broken)
	if waited < t.config.Escalation.Respond {
		return proof, fmt.Errorf("the system administrator was paged after %s, before the deadline of %s", waited, t.config.Escalation.Respond)
	}
	return messages.New("tour.proof.escalation", "deadline", t.config.Escalation.Respond), nil
}

func (t *tour) acknowledge(ctx context.Context) (proof messages.Text, err error) {
	dba := t.slack.User("dba")
	t.says("dba", messages.New("tour.says.acknowledge"))
	if err := dba.Click(t.dbIncident, "ack"); err != nil {
		return proof, err
	}
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("ServiceDown"),
		slacksim.Containing("<@"+dba.ID()+">"), slacksim.Where(func(m slacksim.Message) bool { return m.EditedAt != "" || !hasButton(m, "ack") }))
	if err != nil {
		return proof, fmt.Errorf("the header does not name the owner: %w", err)
	}
	t.shows(header)
	return messages.New("tour.proof.acknowledge"), nil
}

func (t *tour) health(ctx context.Context) (proof messages.Text, err error) {
	answer, err := t.command(ctx, "dba", "/health", "postgres")
	if err != nil {
		return proof, err
	}
	t.shows(answer)
	if !hasButtonValue(answer, "rollback postgres") && !strings.Contains(answer.Text(), "ImagePull") {
		return proof, errors.New("/health does not find the image that cannot be pulled")
	}
	return messages.New("tour.proof.health"), nil
}

func (t *tour) scale(ctx context.Context) (proof messages.Text, err error) {
	answer, err := t.command(ctx, "system", "/scale user 5", "scale user-service 2")
	if err != nil {
		return proof, err
	}
	t.shows(answer)
	ready, err := t.readyReplicas(ctx, "user-service")
	if err != nil {
		return proof, err
	}
	if ready != 5 {
		return proof, fmt.Errorf("user-service has %d ready pods, want 5", ready)
	}
	return messages.New("tour.proof.scale"), nil
}

func (t *tour) rollback(ctx context.Context) (proof messages.Text, err error) {
	before, err := t.image(ctx, "user-service")
	if err != nil {
		return proof, err
	}
	t.says("pipeline", messages.New("tour.says.deploy"))
	if err := t.cluster.Deploy(ctx, testcluster.PlatformNamespace, "user-service", "user-service:bad"); err != nil {
		return proof, err
	}
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("RolloutStuck"), slacksim.Containing("user-service"))
	if err != nil {
		return proof, fmt.Errorf("no incident for the rollout: %w", err)
	}
	t.rolloutIncident = header
	t.shows(header)
	lead := t.slack.User("development")
	t.says("development", messages.New("tour.says.mention", "line", "@opsbot rollback user"))
	if _, err := lead.Mention(header.Channel, header.TS, "rollback user"); err != nil {
		return proof, err
	}
	plan, err := t.slack.WaitMessage(ctx, slacksim.InThread(header.TS), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, "confirm") }))
	if err != nil {
		return proof, fmt.Errorf("no plan was shown: %w", err)
	}
	t.shows(plan)
	t.says("development", messages.New("tour.says.confirm"))
	if err := lead.Click(plan, "confirm"); err != nil {
		return proof, err
	}
	answer, err := t.edited(ctx, plan, func(m slacksim.Message) bool { return hasButton(m, handlers.ActionUndo) })
	if err != nil {
		return proof, err
	}
	t.shows(answer)
	after, err := t.image(ctx, "user-service")
	if err != nil {
		return proof, err
	}
	if after != before {
		return proof, fmt.Errorf("user-service runs %s, want %s", after, before)
	}
	return messages.New("tour.proof.rollback", "image", after), nil
}

func (t *tour) refusals(ctx context.Context) (proof messages.Text, err error) {
	for _, try := range []struct{ who, line, want string }{
		{"outsider", "/scale payment 10", "access.identities"},
		{"developer", "/scale payment 10", "patch"},
	} {
		t.says(try.who, messages.Literal(try.line))
		person := t.slack.User(try.who)
		if err := person.Command(incidents, try.line); err != nil {
			return proof, err
		}
		refusal, err := t.slack.WaitMessage(ctx, slacksim.EphemeralTo(try.who), slacksim.Containing(try.want))
		if err != nil {
			return proof, fmt.Errorf("%s was not refused: %w", try.who, err)
		}
		t.shows(refusal)
	}
	replicas, err := t.readyReplicas(ctx, "payment-service")
	if err != nil {
		return proof, err
	}
	if replicas != 2 {
		return proof, fmt.Errorf("payment-service has %d pods, want the 2 of before", replicas)
	}
	return messages.New("tour.proof.refusals"), nil
}

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
	answer, err := t.edited(ctx, t.plan, func(m slacksim.Message) bool { return hasButton(m, handlers.ActionUndo) })
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

func (t *tour) resolution(ctx context.Context) (proof messages.Text, err error) {
	for _, header := range []slacksim.Message{t.dbIncident, t.rolloutIncident} {
		done, err := t.edited(ctx, header, func(m slacksim.Message) bool { return hasButton(m, "postmortem") })
		if err != nil {
			return proof, fmt.Errorf("the incident did not resolve by itself: %w", err)
		}
		t.shows(done)
	}
	return messages.New("tour.proof.resolution"), nil
}

func (t *tour) watchdog(ctx context.Context) (proof messages.Text, err error) {
	t.says("system", messages.New("tour.says.silence"))
	t.monitor.stopped.Store(true)
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("WatchdogSilent"))
	if err != nil {
		return proof, fmt.Errorf("the silence is no incident: %w", err)
	}
	t.shows(header)
	if _, err := t.slack.WaitMessage(ctx, slacksim.In("@system"), slacksim.Containing("WatchdogSilent")); err != nil {
		return proof, fmt.Errorf("the system administrator was not paged: %w", err)
	}
	t.says("system", messages.New("tour.says.revive"))
	t.monitor.stopped.Store(false)
	if _, err := t.edited(ctx, header, func(m slacksim.Message) bool { return hasButton(m, "reopen") && !hasButton(m, "ack") }); err != nil {
		return proof, fmt.Errorf("the incident did not end with the silence: %w", err)
	}
	return messages.New("tour.proof.watchdog", "silence", t.config.Alertmanager.Watchdog.Silence), nil
}

func (t *tour) timeline(ctx context.Context) (proof messages.Text, err error) {
	t.says("dba", messages.New("tour.says.timeline"))
	if err := t.slack.User("dba").Click(t.dbIncident, "timeline"); err != nil {
		return proof, err
	}
	file, err := t.slack.WaitMessage(ctx, slacksim.InThread(t.dbIncident.TS), slacksim.Where(func(m slacksim.Message) bool { return len(m.Files) > 0 }))
	if err != nil {
		return proof, err
	}
	markdown := string(file.Files[0].Content)
	for _, line := range strings.Split(strings.TrimSpace(markdown), "\n") {
		fmt.Fprintln(t.out, "   "+line)
	}
	for _, want := range []string{"ServiceDown", "/health", "/rollback postgres", "/backup db", "李四", "赵六", "deploy/postgres"} {
		if !strings.Contains(markdown, want) {
			return proof, fmt.Errorf("the timeline lacks %q", want)
		}
	}
	return messages.New("tour.proof.timeline"), nil
}
