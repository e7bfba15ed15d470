package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"opsbot/internal/lab"
	"opsbot/slacksim"
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

// collect reads Slack, asks opsbot for the timeline of each incident, and reads the API server's audit log.
func (w *world) collect(ctx context.Context, stories []story, commands []*typed, began time.Time) (evidence, error) {
	e := evidence{stories: stories, commands: commands, timelines: map[string]timeline{}, respond: w.pace.respond}
	if err := w.askTimelines(ctx, e.timelines); err != nil {
		return e, err
	}
	e.posts = w.posts()
	events, err := w.suite.cluster.AuditEvents()
	if err != nil {
		return e, err
	}
	e.patches = patchesOf(events, w.workload, began)
	for _, v := range w.slack.Violations() {
		e.violations = append(e.violations, v.String())
	}
	return e, nil
}

// posts are all messages of opsbot.
func (w *world) posts() []post {
	var all []post
	for _, channel := range []string{incidentChannel, commandChannel} {
		for _, m := range w.slack.Messages(channel) {
			if m.ThreadTS != "" { // a broadcast, which the thread has as well
				continue
			}
			all = append(all, postOf(m))
			for _, reply := range w.slack.Thread(channel, m.TS) {
				all = append(all, postOf(reply))
			}
		}
	}
	for _, who := range roles() {
		for _, m := range w.slack.DMs(who) {
			p := postOf(m)
			p.to = who
			all = append(all, p)
		}
	}
	return all
}

// askTimelines asks for the timelines of all incidents at once.
func (w *world) askTimelines(ctx context.Context, timelines map[string]timeline) error {
	var c lab.Group
	var mu sync.Mutex
	for _, h := range headersAmong(w.posts()) {
		c.Go(func() error {
			number := incidentOf(h.key)
			t, err := w.askTimeline(ctx, number)
			mu.Lock()
			defer mu.Unlock()
			timelines[number] = t
			return err
		})
	}
	return c.Wait()
}

// askTimeline has a person type /incident timeline, and reads the file.
func (w *world) askTimeline(ctx context.Context, number string) (timeline, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, fmt.Errorf("no timeline of INC-%s within 30 s", number))
	defer cancel()
	if err := w.slack.User("system").Command(commandChannel, "/incident timeline INC-"+number); err != nil {
		return timeline{}, fmt.Errorf("ask for the timeline of INC-%s: %w", number, err)
	}
	name := "inc-" + number + "-timeline-" // a checksum follows
	var file []byte
	_, err := w.slack.WaitMessage(ctx, slacksim.In(commandChannel), slacksim.Where(func(m slacksim.Message) bool {
		for _, f := range m.Files {
			if strings.HasPrefix(f.Name, name) {
				file = f.Content
			}
		}
		return file != nil
	}))
	if err != nil {
		return timeline{}, err
	}
	return readTimeline(string(file))
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
