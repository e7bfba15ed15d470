package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"opsbot/faults/judge"
	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// collect reads Slack, asks opsbot for the timeline of each incident, and reads the API server's audit log.
func (w *world) collect(ctx context.Context, stories []judge.Story, commands []*judge.Command, began time.Time) (judge.Evidence, error) {
	e := judge.Evidence{Stories: stories, Commands: commands, Timelines: map[string]judge.Timeline{}, Respond: w.pace.respond}
	if err := w.askTimelines(ctx, e.Timelines); err != nil {
		return e, err
	}
	e.Posts = w.posts()
	events, err := w.suite.cluster.AuditEvents()
	if err != nil {
		return e, err
	}
	e.Patches = judge.PatchesOf(events, w.workload, began)
	for _, v := range w.slack.Violations() {
		e.Violations = append(e.Violations, v.String())
	}
	return e, nil
}

// posts are all messages of opsbot.
func (w *world) posts() []judge.Post {
	var all []judge.Post
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
			p.To = who
			all = append(all, p)
		}
	}
	return all
}

// askTimelines asks for the timelines of all incidents at once.
func (w *world) askTimelines(ctx context.Context, timelines map[string]judge.Timeline) error {
	var c lab.Group
	var mu sync.Mutex
	for _, h := range judge.HeadersAmong(w.posts()) {
		c.Go(func() error {
			number := judge.IncidentOf(h.Key)
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
func (w *world) askTimeline(ctx context.Context, number string) (judge.Timeline, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, fmt.Errorf("no timeline of INC-%s within 30 s", number))
	defer cancel()
	if err := w.slack.User("system").Command(commandChannel, "/incident timeline INC-"+number); err != nil {
		return judge.Timeline{}, fmt.Errorf("ask for the timeline of INC-%s: %w", number, err)
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
		return judge.Timeline{}, err
	}
	return judge.ReadTimeline(string(file))
}

func postOf(m slacksim.Message) judge.Post {
	return judge.Post{Key: keyOf(m), Text: m.Text(), OffersAck: offersAck(m)}
}

// keyOf is the outbox key that opsbot puts into a message's metadata, "" where it has none.
func keyOf(m slacksim.Message) string {
	var metadata struct {
		Type    string `json:"event_type"`
		Payload struct {
			Key string `json:"key"`
		} `json:"event_payload"`
	}
	if json.Unmarshal(m.Metadata, &metadata) != nil || metadata.Type != "opsbot_message" {
		return ""
	}
	return metadata.Payload.Key
}
