package deliver

import "strings"

// sendKind is how a row is sent.
type sendKind int

const (
	kindPost sendKind = iota
	kindEdit
	kindEphemeral // an ephemeral answer
)

func kindOf(row Row) sendKind {
	switch {
	case row.EphemeralTo != "":
		return kindEphemeral
	case row.TS != "":
		return kindEdit
	default:
		return kindPost
	}
}

// place is where a message goes: a channel or user id and, in a thread, the root's timestamp.
type place struct{ channel, thread string }

// isUser reports whether channel is a user id; posting to a user id opens the direct message (SF-6.9).
func (p place) isUser() bool {
	return strings.HasPrefix(p.channel, "U") || strings.HasPrefix(p.channel, "W")
}

// isDirect reports whether channel is the direct messages with somebody.
func (p place) isDirect() bool { return strings.HasPrefix(p.channel, "D") }

func placeOf(row Row) place {
	if row.ReplyTo != "" {
		return place{channel: row.RootChannel, thread: row.RootTS}
	}
	return place{channel: row.Channel, thread: row.ThreadTS}
}
