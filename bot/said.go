package bot

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"opsbot/handlers"
)

// Said reads messages.
type Said struct {
	Slack  *slack.Client
	People *People
}

// Message returns the message of a channel with the given timestamp, and who put the emoji of quotes on it.
func (s *Said) Message(ctx context.Context, channel, ts string) (handlers.Said, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	// Asked with the timestamp of a reply, Slack gives that reply, with its root in front or without.
	page, _, _, err := s.Slack.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
		ChannelID: channel, Timestamp: ts, Oldest: ts, Latest: ts, Inclusive: true, Limit: 10,
	})
	if err != nil {
		return handlers.Said{}, fmt.Errorf("read message %s of channel %s: %s: %w", ts, channel, slackDetail(err), err)
	}
	for _, m := range page {
		if m.Timestamp == ts {
			at, _ := parseSlackTime(ts)
			return handlers.Said{
				Channel: channel, TS: ts, ThreadTS: cmp.Or(m.ThreadTimestamp, ts), Author: m.User, At: at, Text: s.readable(ctx, m.Text), PinnedBy: pinnedBy(m),
			}, nil
		}
	}
	return handlers.Said{}, fmt.Errorf("read message %s of channel %s: it is not there", ts, channel)
}

func pinnedBy(m slack.Message) []string {
	for _, r := range m.Reactions {
		if r.Name == handlers.QuoteEmoji {
			return r.Users
		}
	}
	return nil
}

// readable takes Slack's markup out of a text, and writes people by name: what is quoted is read where ids mean nothing.
func (s *Said) readable(ctx context.Context, text string) string {
	return strings.TrimSpace(withReferences(text, func(id string) string {
		if person, err := s.People.Person(ctx, id); err == nil && person.Name != "" {
			return person.Name
		}
		return id
	}))
}

// withReferences is typedText with references in words: <@U…> is a person, <#C…|name> a channel, <!here> and
// <!subteam^S…|@name> groups (SF-4.70).
func withReferences(text string, person func(id string) string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(text, '<')
		if start < 0 {
			break
		}
		length := strings.IndexByte(text[start:], '>')
		if length < 0 {
			break
		}
		b.WriteString(unescape(text[:start]))
		b.WriteString(referenceText(text[start+1:start+length], person))
		text = text[start+length+1:]
	}
	b.WriteString(unescape(text))
	return b.String()
}

// referenceText takes what stood between < and >.
func referenceText(ref string, person func(id string) string) string {
	if ref == "" || !strings.ContainsAny(ref[:1], "@#!") {
		return unlink(ref)
	}
	target, label, labelled := strings.Cut(ref[1:], "|")
	label = strings.TrimLeft(unescape(label), "@#")
	switch {
	case ref[0] == '#' && labelled && label != "":
		return "#" + label
	case ref[0] == '#':
		return "#" + target
	case ref[0] == '!' && labelled && label != "":
		return "@" + label
	case ref[0] == '!':
		return "@" + target
	default:
		return "@" + person(target)
	}
}
