package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

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
