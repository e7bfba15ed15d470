package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"opsbot/internal/lab"
	"opsbot/testcluster"
)

// typed is a command that a person typed once.
type typed struct {
	at       time.Duration
	replicas int
	mention  bool
	// delivered: Slack told the person of no error. Of a mention it never does.
	delivered bool
}

// newCommands are the round's commands: each scales to a number of its own, by which it is known at the API server.
func newCommands(random *rand.Rand, window time.Duration) []*typed {
	var commands []*typed
	for i, n := range random.Perm(4)[:2+random.IntN(3)] {
		at := between(random, 1, window/4) + time.Duration(i)*window/4
		commands = append(commands, &typed{at: at, replicas: 3 + n, mention: random.IntN(2) == 0})
	}
	return commands
}

// operate types the commands, each once: repeating one is opsbot's and Slack's affair, not the person's.
func (w *world) operate(ctx context.Context, commands []*typed) error {
	began := time.Now()
	for _, c := range commands {
		if err := lab.Sleep(ctx, time.Until(began.Add(c.at))); err != nil {
			return err
		}
		line := fmt.Sprintf("scale %s %d", w.workload, c.replicas)
		person := w.slack.User("development")
		var err error
		if c.mention {
			_, err = person.Mention(commandChannel, "", line)
		} else {
			err = person.Command(commandChannel, "/"+line)
		}
		c.delivered = err == nil
	}
	return nil
}

// patch is a change of the number of replicas, as the API server recorded it.
type patch struct {
	call     string
	replicas int
}

// patchesOf are the changes that opsbot made to the workload since then.
func patchesOf(events []testcluster.AuditEvent, workload string, since time.Time) []patch {
	var patches []patch
	for _, e := range events {
		switch o := e.ObjectRef; {
		case o == nil, e.ImpersonatedUser == nil, e.RequestReceived.Before(since), e.ResponseStatus.Code != http.StatusOK:
		case e.Verb != "patch", o.Subresource != "scale", o.Name != workload, strings.Contains(e.RequestURI, "dryRun="):
		default:
			patches = append(patches, patchOf(e))
		}
	}
	return patches
}

func patchOf(e testcluster.AuditEvent) patch {
	var body struct {
		Spec struct {
			Replicas int `json:"replicas"`
		} `json:"spec"`
	}
	_ = json.Unmarshal(e.RequestObject, &body) // a body that cannot be read is no command's number, and is found by that
	p := patch{replicas: body.Spec.Replicas}
	if call := e.ImpersonatedUser.Extra["opsbot.io/call"]; len(call) > 0 {
		p.call = call[0]
	}
	return p
}
