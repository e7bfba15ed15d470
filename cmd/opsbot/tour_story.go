package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"opsbot/slacksim"
	"opsbot/testcluster"
)

const incidents = "#incidents"

// story is the main job from end to end.
func (t *tour) story() []chapter {
	return []chapter{
		{"The database breaks. Alertmanager calls opsbot, which opens a thread and pages the DBA", t.alert},
		{"Nobody answers within the deadline: the next role is paged", t.escalation},
		{"The DBA takes over", t.acknowledge},
		{"What is wrong? /health", t.health},
		{"Customers hammer the login: /scale user 5", t.scale},
		{"A bad image of user-service is deployed, and rolled back from the incident's thread", t.rollback},
		{"An outsider and a developer without the right are refused", t.refusals},
		{"Mending the database is destructive there: it needs a second person", t.approval},
		{"/backup db, and the proof that it can be restored", t.backup},
		{"The alerts end, and with them the incident", t.resolution},
		{"The timeline is there already", t.timeline},
	}
}

func (t *tour) alert(ctx context.Context) (string, error) {
	t.says("(somebody)", "deploys postgres with an image that cannot be pulled")
	t.broken = time.Now()
	if err := t.cluster.BadImage(ctx, testcluster.PlatformNamespace, "postgres"); err != nil {
		return "", err
	}
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("ServiceDown"), slacksim.Containing("postgres"))
	if err != nil {
		return "", err
	}
	t.dbIncident = header
	t.shows(header)
	page, err := t.slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("ServiceDown"))
	if err != nil {
		return "", fmt.Errorf("the DBA was not paged: %w", err)
	}
	t.shows(page)
	return fmt.Sprintf("thread open and DBA paged %.1f s after the break", time.Since(t.broken).Seconds()), nil
}

func (t *tour) escalation(ctx context.Context) (string, error) {
	page, err := t.slack.WaitMessage(ctx, slacksim.In("@system"), slacksim.Containing("ServiceDown"))
	if err != nil {
		return "", fmt.Errorf("the system administrator was not paged: %w", err)
	}
	t.shows(page)
	waited := time.Since(t.broken)
	if waited < t.config.Escalation.Respond {
		return "", fmt.Errorf("the system administrator was paged after %s, before the deadline of %s", waited, t.config.Escalation.Respond)
	}
	return fmt.Sprintf("the system administrator was paged once %s were over, not before", t.config.Escalation.Respond), nil
}

func (t *tour) acknowledge(ctx context.Context) (string, error) {
	dba := t.slack.User("dba")
	t.says("DBA", "presses the button that acknowledges")
	if err := dba.Click(t.dbIncident, "ack"); err != nil {
		return "", err
	}
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("ServiceDown"),
		slacksim.Containing("<@"+dba.ID()+">"), slacksim.Where(func(m slacksim.Message) bool { return m.EditedAt != "" || !hasButton(m, "ack") }))
	if err != nil {
		return "", fmt.Errorf("the header does not name the owner: %w", err)
	}
	t.shows(header)
	return "the header names the owner, and the paging has stopped", nil
}

func (t *tour) health(ctx context.Context) (string, error) {
	answer, err := t.command(ctx, "dba", "/health", "postgres")
	if err != nil {
		return "", err
	}
	t.shows(answer)
	if !hasButtonValue(answer, "rollback postgres") && !strings.Contains(answer.Text(), "ImagePull") {
		return "", errors.New("/health does not find the image that cannot be pulled")
	}
	return "one verdict, and postgres with its broken image is the first finding", nil
}

func (t *tour) scale(ctx context.Context) (string, error) {
	answer, err := t.command(ctx, "system", "/scale user 5", "scale user-service 2")
	if err != nil {
		return "", err
	}
	t.shows(answer)
	ready, err := t.readyReplicas(ctx, "user-service")
	if err != nil {
		return "", err
	}
	if ready != 5 {
		return "", fmt.Errorf("user-service has %d ready pods, want 5", ready)
	}
	return "the API server says: user-service has 5 of 5 pods ready; the undo button is there", nil
}

func (t *tour) rollback(ctx context.Context) (string, error) {
	before, err := t.image(ctx, "user-service")
	if err != nil {
		return "", err
	}
	t.says("(pipeline)", "deploys user-service:bad")
	if err := t.cluster.Deploy(ctx, testcluster.PlatformNamespace, "user-service", "user-service:bad"); err != nil {
		return "", err
	}
	header, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("RolloutStuck"), slacksim.Containing("user-service"))
	if err != nil {
		return "", fmt.Errorf("no incident for the rollout: %w", err)
	}
	t.rolloutIncident = header
	t.shows(header)
	lead := t.slack.User("development")
	t.says("dev lead", "in the thread: @opsbot rollback user")
	if _, err := lead.Mention(header.Channel, header.TS, "rollback user"); err != nil {
		return "", err
	}
	plan, err := t.slack.WaitMessage(ctx, slacksim.InThread(header.TS), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, "confirm") }))
	if err != nil {
		return "", fmt.Errorf("no plan was shown: %w", err)
	}
	t.shows(plan)
	t.says("dev lead", "confirms")
	if err := lead.Click(plan, "confirm"); err != nil {
		return "", err
	}
	answer, err := t.edited(ctx, plan, func(m slacksim.Message) bool {
		return hasButtonValue(m, "rollback user-service") || hasButtonPrefix(m, "rollback user-service")
	})
	if err != nil {
		return "", err
	}
	t.shows(answer)
	after, err := t.image(ctx, "user-service")
	if err != nil {
		return "", err
	}
	if after != before {
		return "", fmt.Errorf("user-service runs %s, want %s", after, before)
	}
	return "the API server says: user-service runs " + after + " again", nil
}

func (t *tour) refusals(ctx context.Context) (string, error) {
	for _, try := range []struct{ who, line, want string }{
		{"outsider", "/scale payment 10", "access.identities"},
		{"developer", "/scale payment 10", "patch"},
	} {
		t.says(try.who, try.line)
		person := t.slack.User(try.who)
		if err := person.Command(incidents, try.line); err != nil {
			return "", err
		}
		refusal, err := t.slack.WaitMessage(ctx, slacksim.EphemeralTo(try.who), slacksim.Containing(try.want))
		if err != nil {
			return "", fmt.Errorf("%s was not refused: %w", try.who, err)
		}
		t.shows(refusal)
	}
	replicas, err := t.readyReplicas(ctx, "payment-service")
	if err != nil {
		return "", err
	}
	if replicas != 2 {
		return "", fmt.Errorf("payment-service has %d pods, want the 2 of before", replicas)
	}
	return "both were told why, in private, and payment-service still has 2 pods", nil
}

func (t *tour) approval(ctx context.Context) (string, error) {
	admin, lead := t.slack.User("system"), t.slack.User("development")
	t.says("sysadmin", "in the thread: @opsbot rollback postgres")
	if _, err := admin.Mention(t.dbIncident.Channel, t.dbIncident.TS, "rollback postgres"); err != nil {
		return "", err
	}
	plan, err := t.slack.WaitMessage(ctx, slacksim.InThread(t.dbIncident.TS), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, "approve") }))
	if err != nil {
		return "", fmt.Errorf("no approval was asked for: %w", err)
	}
	t.shows(plan)
	t.says("sysadmin", "tries to approve it himself")
	if err := admin.Click(plan, "approve"); err != nil {
		return "", err
	}
	refusal, err := t.slack.WaitMessage(ctx, slacksim.EphemeralTo("system"), slacksim.Containing("rollback postgres"))
	if err != nil {
		return "", fmt.Errorf("the requester was not refused: %w", err)
	}
	t.shows(refusal)
	t.says("dev lead", "approves")
	if err := lead.Click(plan, "approve"); err != nil {
		return "", err
	}
	answer, err := t.edited(ctx, plan, func(m slacksim.Message) bool { return hasButtonPrefix(m, "rollback postgres") })
	if err != nil {
		return "", err
	}
	t.shows(answer)
	ready, err := t.readyReplicas(ctx, "postgres")
	if err != nil {
		return "", err
	}
	if ready != 1 {
		return "", fmt.Errorf("postgres has %d ready pods, want 1", ready)
	}
	return "not with one person, but with two; the API server says: postgres is ready", nil
}

func (t *tour) backup(ctx context.Context) (string, error) {
	answer, err := t.command(ctx, "dba", "/backup db", "sha256")
	if err != nil {
		return "", err
	}
	t.shows(answer)
	rows, err := t.restoreNewest(ctx)
	if err != nil {
		return "", fmt.Errorf("restore the backup: %w", err)
	}
	return fmt.Sprintf("restored into a scratch database, %d rows, the same as in the real one", rows), nil
}

func (t *tour) resolution(ctx context.Context) (string, error) {
	for _, header := range []slacksim.Message{t.dbIncident, t.rolloutIncident} {
		done, err := t.edited(ctx, header, func(m slacksim.Message) bool { return hasButton(m, "postmortem") })
		if err != nil {
			return "", fmt.Errorf("the incident did not resolve by itself: %w", err)
		}
		t.shows(done)
	}
	return "both incidents resolved once Alertmanager said so and the quiet period was over", nil
}

func (t *tour) timeline(ctx context.Context) (string, error) {
	t.says("DBA", "presses the timeline button")
	if err := t.slack.User("dba").Click(t.dbIncident, "timeline"); err != nil {
		return "", err
	}
	file, err := t.slack.WaitMessage(ctx, slacksim.InThread(t.dbIncident.TS), slacksim.Where(func(m slacksim.Message) bool { return len(m.Files) > 0 }))
	if err != nil {
		return "", err
	}
	markdown := string(file.Files[0].Content)
	for _, line := range strings.Split(strings.TrimSpace(markdown), "\n") {
		fmt.Fprintln(t.out, "   "+line)
	}
	for _, want := range []string{"ServiceDown", "/health", "/rollback postgres", "/backup db", "李四", "赵六"} {
		if !strings.Contains(markdown, want) {
			return "", fmt.Errorf("the timeline lacks %q", want)
		}
	}
	return "alerts, pages, acknowledgement, commands and approval on one line of time, as a Markdown file in the thread", nil
}
