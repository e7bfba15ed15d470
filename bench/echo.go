package main

import (
	"time"

	"opsbot/slacksim"
)

// firstCalls is when each alert was first named in a call to Slack: when the call came in, whatever became of it.
func firstCalls(w *slacksim.Workspace) map[string]time.Time {
	return earliest(w, func(c slacksim.Call) (time.Time, bool) { return c.Start, true })
}

// namedAt is since when each alert can be read in Slack.
func namedAt(w *slacksim.Workspace) map[string]time.Time {
	return earliest(w, func(c slacksim.Call) (time.Time, bool) {
		return c.Start.Add(c.Duration), c.Error == "" && c.Status == 200
	})
}

func earliest(w *slacksim.Workspace, when func(slacksim.Call) (time.Time, bool)) map[string]time.Time {
	found, names := map[string]time.Time{}, alertName()
	for _, c := range w.Calls("chat.postMessage", "chat.update") {
		at, ok := when(c)
		if !ok {
			continue
		}
		for _, argument := range c.Args {
			for _, name := range names.FindAllString(argument, -1) {
				if known, seen := found[name]; !seen || at.Before(known) {
					found[name] = at
				}
			}
		}
	}
	return found
}

// delays are the times from handing an alert over to its mark, of those that have one.
func delays(done []delivery, marks map[string]time.Time) []time.Duration {
	var all []time.Duration
	for _, d := range done {
		if at, ok := marks[d.name]; ok {
			all = append(all, at.Sub(d.sent))
		}
	}
	return all
}
