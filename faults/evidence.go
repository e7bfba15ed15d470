package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// evidence is what can be seen of a round from the outside once all is quiet.
type evidence struct {
	stories  []story // those that opsbot was told of
	commands []*typed
	// posts are opsbot's messages, wherever they stand.
	posts []post
	// timelines are the files that /incident timeline gives, by the incident's number.
	timelines map[string]timeline
	// patches are the changes that the API server recorded.
	patches    []patch
	violations []string
	respond    time.Duration
}

// post is one message of opsbot.
type post struct {
	key       string // of the outbox, from the message's metadata; "" where it has none
	text      string
	to        string // whom it went to directly, "" for a channel
	offersAck bool
}

func (p post) isHeader() bool {
	return strings.HasPrefix(p.key, "incident/") && strings.HasSuffix(p.key, "/header")
}

func (p post) isPage() bool {
	return strings.HasPrefix(p.key, "incident/") && strings.Contains(p.key, "/page/")
}

// answersCommand reports whether a message tells what became of a command to scale: it ends with the command.
func (p post) answersCommand() bool {
	return !p.isHeader() && p.to == "" && strings.Contains(p.text, "`/scale ")
}

// write puts the evidence into a file, for whoever wants to know why a round failed.
func (e evidence) write(file string) error {
	var b strings.Builder
	for _, s := range e.stories {
		fmt.Fprintf(&b, "story %+v\n", s)
	}
	for _, c := range e.commands {
		fmt.Fprintf(&b, "command %+v\n", *c)
	}
	fmt.Fprintf(&b, "patches %+v\n", e.patches)
	for _, p := range e.posts {
		fmt.Fprintf(&b, "message %s %s %q\n", p.key, p.to, p.text)
	}
	for _, t := range e.timelines {
		fmt.Fprintf(&b, "\n%s", t.text)
	}
	return os.WriteFile(file, []byte(b.String()), 0o600)
}

// headersAmong are the roots of the incidents' threads.
func headersAmong(posts []post) []post {
	return slices.DeleteFunc(slices.Clone(posts), func(p post) bool { return !p.isHeader() })
}

// incidentOf is the number of the incident that a message's key belongs to, "" for any other message.
func incidentOf(key string) string {
	rest, ok := strings.CutPrefix(key, "incident/")
	if !ok {
		return ""
	}
	number, _, _ := strings.Cut(rest, "/")
	return number
}
