package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"opsbot/faults/judge"
	"opsbot/internal/lab"
)

// newCommands are the round's commands: each scales to a number of its own, by which it is known at the API server.
func newCommands(random *rand.Rand, window time.Duration) []*judge.Command {
	var commands []*judge.Command
	for i, n := range random.Perm(4)[:2+random.IntN(3)] {
		at := between(random, 1, window/4) + time.Duration(i)*window/4
		commands = append(commands, &judge.Command{At: at, Replicas: 3 + n, Mention: random.IntN(2) == 0})
	}
	return commands
}

// operate types the commands, each once: repeating one is opsbot's and Slack's affair, not the person's.
func (w *world) operate(ctx context.Context, commands []*judge.Command) error {
	began := time.Now()
	for _, c := range commands {
		if err := lab.Sleep(ctx, time.Until(began.Add(c.At))); err != nil {
			return err
		}
		line := fmt.Sprintf("scale %s %d", w.workload, c.Replicas)
		person := w.slack.User("development")
		var err error
		if c.Mention {
			_, err = person.Mention(commandChannel, "", line)
		} else {
			err = person.Command(commandChannel, "/"+line)
		}
		c.Delivered = err == nil
	}
	return nil
}
