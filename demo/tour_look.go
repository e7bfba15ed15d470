package demo

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/testcluster"
)

// command types a slash command in the incident channel and waits for the answer that holds want.
func (t *tour) command(ctx context.Context, who, line, want string) (slacksim.Message, error) {
	t.says(who, messages.Literal(line))
	before := t.newest(incidents)
	if err := t.slack.User(who).Command(incidents, line); err != nil {
		return slacksim.Message{}, err
	}
	answer, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.FromBot(), slacksim.After(before), slacksim.Where(func(m slacksim.Message) bool {
		return strings.Contains(m.Text(), want) || hasButtonValue(m, want)
	}))
	if err != nil {
		return slacksim.Message{}, fmt.Errorf("%s by %s: %w", line, who, err)
	}
	return answer, nil
}

// newest is the timestamp of the newest message of a channel.
func (t *tour) newest(channel string) string {
	ts := ""
	for _, m := range t.slack.Messages(channel) {
		ts = max(ts, m.TS)
	}
	return ts
}

// edited waits until a message that is there has changed into what accept wants.
func (t *tour) edited(ctx context.Context, m slacksim.Message, accept func(slacksim.Message) bool) (slacksim.Message, error) {
	return t.slack.WaitMessage(ctx, slacksim.In(m.Channel), slacksim.Where(func(now slacksim.Message) bool { return now.TS == m.TS && accept(now) }))
}

func hasButton(m slacksim.Message, name string) bool {
	for _, b := range m.Buttons() {
		if b.ActionID == name || strings.HasPrefix(b.ActionID, name+"#") {
			return true
		}
	}
	return false
}

func hasButtonValue(m slacksim.Message, value string) bool {
	for _, b := range m.Buttons() {
		if b.Value == value {
			return true
		}
	}
	return false
}

// readyReplicas and image ask the API server, not the bot.
func (t *tour) readyReplicas(ctx context.Context, deployment string) (int, error) {
	d, err := t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).Get(ctx, deployment, metav1.GetOptions{})
	if err != nil {
		return 0, err
	}
	return int(d.Status.ReadyReplicas), nil
}

func (t *tour) image(ctx context.Context, deployment string) (string, error) {
	d, err := t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).Get(ctx, deployment, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	return d.Spec.Template.Spec.Containers[0].Image, nil
}
