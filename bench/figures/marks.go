package figures

import (
	"strconv"
	"time"

	"opsbot/slacksim"
)

// marks is when each alert, by its name, was first seen somewhere.
type marks map[string]time.Time

// add marks every alert that text names.
func (m marks) add(text string, at time.Time) {
	for _, name := range alertName().FindAllString(text, -1) {
		if known, seen := m[name]; !seen || at.Before(known) {
			m[name] = at
		}
	}
}

// firstCalls is when each alert was first named in a call to Slack: when the call came in, whatever became of it.
func firstCalls(w *slacksim.Workspace) marks {
	found := marks{}
	for _, c := range w.Calls("chat.postMessage", "chat.update") {
		for _, argument := range c.Args {
			found.add(argument, c.Start)
		}
	}
	return found
}

// namedAt is since when each alert can be read in Slack: in a message, or in a file that was put into a thread of the
// incident channel.
func namedAt(w *slacksim.Workspace) marks {
	found := marks{}
	for _, c := range w.Calls("chat.postMessage", "chat.update") {
		if c.Error != "" || c.Status != 200 {
			continue
		}
		for _, argument := range c.Args {
			found.add(argument, c.Start.Add(c.Duration))
		}
	}
	for _, root := range w.Messages("#incidents") {
		for _, m := range append(w.Thread("#incidents", root.TS), root) {
			for _, f := range m.Files {
				found.add(string(f.Content), posted(m))
			}
		}
	}
	return found
}

// posted is when a message was posted: its timestamp, in seconds.
func posted(m slacksim.Message) time.Time {
	seconds, err := strconv.ParseFloat(m.TS, 64)
	if err != nil {
		return time.Now()
	}
	return time.UnixMicro(int64(seconds * 1e6))
}

// delays are the times from handing an alert over to its mark. An alert without a mark counts with the time that it
// has been waiting so far; missing is how many those are.
func delays(done []delivery, found marks) (all []time.Duration, missing int) {
	now := time.Now()
	for _, d := range done {
		at, ok := found[d.name]
		if !ok {
			at = now
			missing++
		}
		all = append(all, at.Sub(d.sent))
	}
	return all, missing
}
