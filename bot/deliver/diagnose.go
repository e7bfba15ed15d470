package deliver

import (
	"strings"
	"time"

	"opsbot/bot"
)

// StuckMessage is a message that does not get through.
type StuckMessage struct {
	Key, Destination string
	// Cause begins with Slack's error code, or with what went wrong with the request.
	Cause string
	// Since is when it was first tried in vain; of one that is Lost when it was given up.
	Since time.Time
	Lost  bool
}

// code is the beginning of Cause.
func (a StuckMessage) code() string {
	code, _, _ := strings.Cut(a.Cause, ":")
	return code
}

// ProblemKind is what keeps messages from people.
type ProblemKind string

// The kinds of trouble.
const (
	// ProblemRefused: Slack refuses the app: its token was revoked, its account is gone, a scope is missing.
	ProblemRefused ProblemKind = "refused"
	// ProblemLimit: the workspace may post no more messages.
	ProblemLimit ProblemKind = "limit"
	// ProblemUnreachable: Slack cannot be reached, or fails, for all.
	ProblemUnreachable ProblemKind = "away"
	// ProblemChannelClosed: a channel takes no messages.
	ProblemChannelClosed ProblemKind = "closed"
	// ProblemStuck: Slack takes messages, but fails on some.
	ProblemStuck ProblemKind = "stuck"
	// ProblemLost: Slack refused messages for good.
	ProblemLost ProblemKind = "lost"
)

// Problem is one thing that keeps messages from people.
type Problem struct {
	Kind ProblemKind
	// Channel is that of TroubleClosed.
	Channel string
	// Code is Slack's error code, or what went wrong with the request.
	Code  string
	Since time.Time
}

// StopsAll reports whether no message at all gets through.
func (t Problem) StopsAll() bool {
	return t.Kind == ProblemRefused || t.Kind == ProblemLimit || t.Kind == ProblemUnreachable
}

// limitPatience is how long Slack may hold messages back with Retry-After before that is trouble: as long as it says when to go
// on, it is a queue.
const limitPatience = 10 * time.Minute

// Diagnose tells what is the matter with messages that do not get through: each kind of trouble once, of closed channels each
// channel. taken is when Slack took a message last, patience how long a failure that may pass has to last.
func Diagnose(ailing []StuckMessage, taken, now time.Time, patience time.Duration) []Problem {
	var list []Problem
	known := map[Problem]bool{}
	for _, a := range ailing {
		t, ok := a.problem(taken, now, patience)
		if !ok {
			continue
		}
		key := Problem{Kind: t.Kind, Channel: t.Channel}
		if !known[key] {
			known[key] = true
			list = append(list, t)
		}
	}
	return list
}

func (a StuckMessage) problem(taken, now time.Time, patience time.Duration) (Problem, bool) {
	t := Problem{Kind: ProblemLost, Code: a.code(), Since: a.Since}
	if a.Lost {
		return t, true
	}
	lasted := now.Sub(a.Since)
	remedy := remedyFor(t.Code, bot.KindOfCode(t.Code))
	isAlone := taken.After(a.Since.Add(patience)) // others got through since
	switch {
	case t.Code == "message_limit_exceeded": // edits get through
		t.Kind = ProblemLimit
	case remedy == needsAdmin && !isAlone:
		t.Kind = ProblemRefused
	case remedy == join, remedy == divert:
		t.Kind, t.Channel = ProblemChannelClosed, a.Destination
	case remedy == throttled && lasted < limitPatience, lasted < patience:
		return Problem{}, false
	case isAlone:
		t.Kind = ProblemStuck
	default:
		t.Kind = ProblemUnreachable
	}
	return t, true
}
