package demo

import (
	"context"
	"fmt"
	"strings"

	"opsbot/messages"
	"opsbot/slacksim"
)

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
