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
	// Since is when the first try failed or, if it is Lost, when it was given up.
	Since time.Time
	Lost  bool
}

// code is the beginning of Cause.
func (m StuckMessage) code() string {
	code, _, _ := strings.Cut(m.Cause, ":")
	return code
}

// ProblemKind is what keeps messages from people.
type ProblemKind string

// The kinds of problems.
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
	// Channel is set for ProblemChannelClosed.
	Channel string
	// Code is Slack's error code, or what went wrong with the request.
	Code  string
	Since time.Time
}

// StopsAll reports whether no message at all gets through.
func (p Problem) StopsAll() bool {
	return p.Kind == ProblemRefused || p.Kind == ProblemLimit || p.Kind == ProblemUnreachable
}

// limitPatience is how long Slack may hold messages back with Retry-After before that counts as a problem: as long as it says
// when to go on, it is a queue.
const limitPatience = 10 * time.Minute

// Diagnose tells why messages do not get through: each kind of problem once, and each closed channel once. lastAccepted is when
// Slack last accepted a message; patience is how long a temporary failure has to last before it counts.
func Diagnose(stuck []StuckMessage, lastAccepted, now time.Time, patience time.Duration) []Problem {
	var list []Problem
	known := map[Problem]bool{}
	for _, m := range stuck {
		p, ok := m.problem(lastAccepted, now, patience)
		if !ok {
			continue
		}
		key := Problem{Kind: p.Kind, Channel: p.Channel}
		if !known[key] {
			known[key] = true
			list = append(list, p)
		}
	}
	return list
}

func (m StuckMessage) problem(lastAccepted, now time.Time, patience time.Duration) (Problem, bool) {
	p := Problem{Kind: ProblemLost, Code: m.code(), Since: m.Since}
	if m.Lost {
		return p, true
	}
	lasted := now.Sub(m.Since)
	remedy := remedyFor(p.Code, bot.KindOfCode(p.Code))
	isAlone := lastAccepted.After(m.Since.Add(patience)) // others got through since
	switch {
	case p.Code == "message_limit_exceeded": // edits get through
		p.Kind = ProblemLimit
	case remedy == needsAdmin && !isAlone:
		p.Kind = ProblemRefused
	case remedy == join, remedy == divert:
		p.Kind, p.Channel = ProblemChannelClosed, m.Destination
	case remedy == throttled && lasted < limitPatience, lasted < patience:
		return Problem{}, false
	case isAlone:
		p.Kind = ProblemStuck
	default:
		p.Kind = ProblemUnreachable
	}
	return p, true
}
