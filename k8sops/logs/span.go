package logs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"opsbot/messages"
)

// namedSpans is how many containers are named one by one.
const namedSpans = 8

// spans say which part of the time asked for was read and which was not, and where the node had less than that.
func (d *logDigest) spans(now time.Time) []messages.Text {
	if len(d.reaches) == 0 {
		return nil
	}
	texts := []messages.Text{d.span(now)}
	var begun []reach
	for _, r := range d.reaches {
		if !r.begins.IsZero() {
			r.from = r.begins
			begun = append(begun, r)
		}
	}
	if len(begun) > 0 {
		texts = append(texts, messages.New("k8sops.logs.begins", "containers", listOf(begun, now)))
	}
	return texts
}

// span is what was read; times are written as the lines of the log have them.
func (d *logDigest) span(now time.Time) messages.Text {
	partial := d.partial()
	current := slices.ContainsFunc(d.reaches, func(r reach) bool { return !r.source.previous })
	from := clockOf(now.Add(-d.args.Since), now)
	switch {
	case len(partial) == 0 && !current:
		return messages.New("k8sops.logs.read_previous", "since", d.args.Since)
	case len(partial) == 0 && len(d.failed)+d.left > 0:
		return messages.New("k8sops.logs.read_others", "from", from)
	case len(partial) == 0:
		return messages.New("k8sops.logs.read_all", "from", from)
	case len(d.reaches) == 1 && current:
		return messages.New("k8sops.logs.read_part", "from", clockOf(partial[0].from, now))
	case len(partial) == len(d.reaches):
		return messages.New("k8sops.logs.read_parts", "containers", listOf(partial, now))
	}
	return messages.New("k8sops.logs.read_some", "from", from, "containers", listOf(partial, now))
}

// partial are the containers that were not read in full, the least read first.
func (d *logDigest) partial() []reach {
	partial := slices.DeleteFunc(slices.Clone(d.reaches), reach.whole)
	slices.SortStableFunc(partial, func(a, b reach) int {
		return cmp.Or(b.from.Compare(a.from), strings.Compare(a.source.label, b.source.label))
	})
	return partial
}

// listOf names containers with the time from which on they were read.
func listOf(reaches []reach, now time.Time) string {
	var items []string
	for _, r := range reaches[:min(namedSpans, len(reaches))] {
		items = append(items, r.source.label+" "+clockOf(r.from, now))
	}
	if more := len(reaches) - namedSpans; more > 0 {
		items = append(items, "… +"+strconv.Itoa(more))
	}
	return strings.Join(items, ", ")
}

// clockOf is a time as the lines show it, with its day where that is not today's.
func clockOf(at, now time.Time) string {
	if at.UTC().Format(time.DateOnly) != now.UTC().Format(time.DateOnly) {
		return at.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return at.UTC().Format("15:04:05 UTC")
}
