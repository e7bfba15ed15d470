package deliver

import (
	"strings"
	"time"

	"opsbot/bot"
)

// Ailing is a message that does not get through.
type Ailing struct {
	Key, Destination string
	// Cause begins with Slack's error code, or with what went wrong with the request.
	Cause string
	// Since is when it was first tried in vain; of one that is Lost when it was given up.
	Since time.Time
	Lost  bool
}

// code is the beginning of Cause.
func (a Ailing) code() string {
	code, _, _ := strings.Cut(a.Cause, ":")
	return code
}

// TroubleKind is what keeps messages from people.
type TroubleKind string

// The kinds of trouble.
const (
	// TroubleRefused: Slack refuses the app: its token was revoked, its account is gone, a scope is missing.
	TroubleRefused TroubleKind = "refused"
	// TroubleLimit: the workspace may post no more messages.
	TroubleLimit TroubleKind = "limit"
	// TroubleAway: Slack cannot be reached, or fails, for all.
	TroubleAway TroubleKind = "away"
	// TroubleClosed: a channel takes no messages.
	TroubleClosed TroubleKind = "closed"
	// TroubleStuck: Slack takes messages, but fails on some.
	TroubleStuck TroubleKind = "stuck"
	// TroubleLost: Slack refused messages for good.
	TroubleLost TroubleKind = "lost"
)

// Trouble is one thing that keeps messages from people.
type Trouble struct {
	Kind TroubleKind
	// Channel is that of TroubleClosed.
	Channel string
	// Code is Slack's error code, or what went wrong with the request.
	Code  string
	Since time.Time
}

// OfSlack reports whether no message at all gets through.
func (t Trouble) OfSlack() bool {
	return t.Kind == TroubleRefused || t.Kind == TroubleLimit || t.Kind == TroubleAway
}

// limitPatience is how long Slack may hold messages back with Retry-After before that is trouble: as long as it says when to go
// on, it is a queue.
const limitPatience = 10 * time.Minute

// Assess tells what is the matter with messages that do not get through: each kind of trouble once, of closed channels each
// channel. taken is when Slack took a message last, patience how long a failure that may pass has to last.
func Assess(ailing []Ailing, taken, now time.Time, patience time.Duration) []Trouble {
	var list []Trouble
	known := map[Trouble]bool{}
	for _, a := range ailing {
		t, ok := a.trouble(taken, now, patience)
		if !ok {
			continue
		}
		key := Trouble{Kind: t.Kind, Channel: t.Channel}
		if !known[key] {
			known[key] = true
			list = append(list, t)
		}
	}
	return list
}

func (a Ailing) trouble(taken, now time.Time, patience time.Duration) (Trouble, bool) {
	t := Trouble{Kind: TroubleLost, Code: a.code(), Since: a.Since}
	if a.Lost {
		return t, true
	}
	lasted := now.Sub(a.Since)
	remedy := remedyFor(t.Code, bot.KindOfCode(t.Code))
	isAlone := taken.After(a.Since.Add(patience)) // others got through since
	switch {
	case t.Code == "message_limit_exceeded": // edits get through
		t.Kind = TroubleLimit
	case remedy == needsAdmin && !isAlone:
		t.Kind = TroubleRefused
	case remedy == join, remedy == divert:
		t.Kind, t.Channel = TroubleClosed, a.Destination
	case remedy == throttled && lasted < limitPatience, lasted < patience:
		return Trouble{}, false
	case isAlone:
		t.Kind = TroubleStuck
	default:
		t.Kind = TroubleAway
	}
	return t, true
}
