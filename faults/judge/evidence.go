package judge

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Evidence is what can be seen of a round from the outside once all is quiet.
type Evidence struct {
	Stories  []Story // those that opsbot was told of
	Commands []*Command
	// Posts are opsbot's messages, wherever they stand.
	Posts []Post
	// Timelines are the files that /incident timeline gives, by the incident's number.
	Timelines map[string]Timeline
	// Patches are the changes that the API server recorded.
	Patches    []Patch
	Violations []string
	Respond    time.Duration
}

// Post is one message of opsbot.
type Post struct {
	Key       string // of the outbox, from the message's metadata; "" where it has none
	Text      string
	To        string // whom it went to directly, "" for a channel
	OffersAck bool
}

func (p Post) isHeader() bool {
	return strings.HasPrefix(p.Key, "incident/") && strings.HasSuffix(p.Key, "/header")
}

// IsPage reports whether it asks a person to acknowledge an incident.
func (p Post) IsPage() bool {
	return strings.HasPrefix(p.Key, "incident/") && strings.Contains(p.Key, "/page/")
}

// answersCommand reports whether a message tells what became of a command to scale: it ends with the command.
func (p Post) answersCommand() bool {
	return !p.isHeader() && p.To == "" && strings.Contains(p.Text, "`/scale ")
}

// Write puts the evidence into a file, for whoever wants to know why a round failed.
func (e Evidence) Write(file string) error {
	var b strings.Builder
	for _, s := range e.Stories {
		fmt.Fprintf(&b, "story %+v\n", s)
	}
	for _, c := range e.Commands {
		fmt.Fprintf(&b, "command %+v\n", *c)
	}
	fmt.Fprintf(&b, "patches %+v\n", e.Patches)
	for _, p := range e.Posts {
		fmt.Fprintf(&b, "message %s %s %q\n", p.Key, p.To, p.Text)
	}
	for _, t := range e.Timelines {
		fmt.Fprintf(&b, "\n%s", t.text)
	}
	return os.WriteFile(file, []byte(b.String()), 0o600)
}

// HeadersAmong are the roots of the incidents' threads.
func HeadersAmong(posts []Post) []Post {
	return slices.DeleteFunc(slices.Clone(posts), func(p Post) bool { return !p.isHeader() })
}

// IncidentOf is the number of the incident that a message's key belongs to, "" for any other message.
func IncidentOf(key string) string {
	rest, ok := strings.CutPrefix(key, "incident/")
	if !ok {
		return ""
	}
	number, _, _ := strings.Cut(rest, "/")
	return number
}
