package figures

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"opsbot/bench/platform"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// question is a command that is typed in Slack, and the commands of kubectl that ask the same.
type question struct {
	line     string
	isAnswer func(slacksim.Message) bool
	kubectl  []string
	// found counts which of these, that kubectl shows to be in trouble, are so in the answer.
	found func(answer string, names []string) int
}

// besideKubectl asks opsbot and kubectl, one after the other. The first time warms both: kubectl's discovery cache, opsbot's
// connections; the second is measured.
func besideKubectl(ctx context.Context, s *Suite, p *platform.Platform, q question) (opsbot outcome, peers []rival, err error) {
	c, err := startOpsbot(ctx, s, slacksim.RateOff, p.BotFile)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	for range 2 {
		took, memory, err := p.Check(ctx, q.kubectl)
		if err != nil {
			return nil, nil, err
		}
		peers = []rival{{"kubectl", outcome{"time": took.Seconds(), "memory": memory}}}
		if opsbot, err = ask(ctx, c, q); err != nil {
			return nil, nil, err
		}
	}
	found, err := p.Findings(ctx, q.kubectl)
	if err != nil {
		return nil, nil, err
	}
	peers[0].outcome["found"], opsbot["found"] = float64(len(found)), float64(q.found(lastAnswer(c), found))
	return opsbot, peers, nil
}

// ask types the command and waits for the answer in the channel, not for what continues it in its thread.
func ask(ctx context.Context, c *contender, q question) (outcome, error) {
	// Answers of the round before must not use up the pace at which opsbot lets itself write to a channel.
	if err := lab.Sleep(ctx, 4*time.Second); err != nil {
		return nil, err
	}
	if err := c.process.ForgetPeak(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	newest := ""
	if messages := c.slack.Messages("#ops"); len(messages) > 0 {
		newest = messages[len(messages)-1].TS
	}
	began := time.Now()
	if err := c.slack.User("dba").Command("#ops", q.line); err != nil {
		return nil, err
	}
	_, err := c.slack.WaitMessage(ctx, slacksim.In("#ops"), slacksim.Root(), slacksim.FromBot(), slacksim.After(newest), slacksim.Where(q.isAnswer))
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	memory, err := c.process.Peak()
	return outcome{"time": took.Seconds(), "memory": memory}, err
}

func contains(m slacksim.Message, any ...string) bool {
	text := m.Text()
	return slices.ContainsFunc(any, func(part string) bool { return strings.Contains(text, part) })
}

// lastAnswer is the text of the last message in the channel, and of its files.
func lastAnswer(c *contender) string {
	messages := c.slack.Messages("#ops")
	if len(messages) == 0 {
		return ""
	}
	last := messages[len(messages)-1]
	var text strings.Builder
	for _, m := range append(c.slack.Thread("#ops", last.TS), last) {
		text.WriteString(m.Text())
		for _, f := range m.Files {
			text.Write(f.Content)
		}
	}
	return text.String()
}
