package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"opsbot/handlers/calls"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

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
	answer, err := t.edited(ctx, plan, func(m slacksim.Message) bool { return hasButton(m, calls.ActionUndo) })
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
