package logs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"opsbot/k8sops"
	"opsbot/messages"
)

// logDigest gathers the lines of all sources: the newest that a file takes, oldest first.
type logDigest struct {
	args     logsArgs
	filter   logFilter
	sources  int
	readTime time.Duration
	left     int // sources that are too many to read
	lines    []logLine
	before   []logLine // of runs before the last restart
	reaches  []reach
	passed   []string // containers that are not meant by default
	patterns patternCount
	matched  int
	errors   int
	failed   []string
}

func newLogDigest(args logsArgs, readTime time.Duration, sources int) *logDigest {
	return &logDigest{args: args, filter: logFilter{grep: args.Grep, errorsOnly: args.Errors}, sources: sources, readTime: readTime, patterns: patternCount{}}
}

// read reads all sources, some at a time, and forgets at once what of them will not be shown. A container without a log
// (not started, no previous run) is said so; only when none can be read is it an error.
func (d *logDigest) read(ctx context.Context, call *k8sops.Call, sources []logSource, progress k8sops.Progress) error {
	failures, tails := make([]error, len(sources)), make([]reach, len(sources))
	reader := newLogReader(call, d.readTime, d.args, d.filter, len(sources))
	var group errgroup.Group
	group.SetLimit(logStreams)
	var merging sync.Mutex
	for i, source := range sources {
		group.Go(func() error {
			tail, err := reader.read(ctx, source)
			if failures[i] = err; err == nil {
				tails[i] = tail.reach
				merging.Lock()
				defer merging.Unlock()
				d.merge(tail)
			}
			return nil
		})
	}
	_ = group.Wait() // failures are kept one by one
	progress.Report(len(sources), len(sources), messages.New("k8sops.logs.reading", "count", len(sources)))
	for i, err := range failures {
		if err != nil {
			d.failed = append(d.failed, sources[i].label)
		} else {
			d.reaches = append(d.reaches, tails[i])
		}
	}
	if len(d.failed) == len(sources) {
		return k8sops.Explain("read logs", errors.Join(failures...))
	}
	return nil
}

// merge adds one source. The order in which sources come makes no difference: lines of one moment go by their source.
func (d *logDigest) merge(t *logTail) {
	d.matched += t.matched
	d.errors += t.errors
	for pattern, n := range t.patterns {
		d.patterns.add(pattern, n, maxMergedPatterns)
	}
	kept := &d.lines
	if t.source.previous {
		kept = &d.before
	}
	all := slices.Concat(*kept, t.lines)
	slices.SortStableFunc(all, func(a, b logLine) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.source, b.source)) })
	*kept = slices.Clone(newest(all, d.args.Tail, maxFileBytes))
}

func (d *logDigest) result(call *k8sops.Call) *k8sops.Result {
	tone := messages.ToneInfo
	if d.errors > 0 {
		tone = messages.ToneWarning
	}
	card := messages.Card{Tone: tone, Title: d.title(), Footer: d.footer(call.Now)}
	if len(d.patterns) > 0 {
		card.Sections = append(card.Sections, messages.Section{Table: patternTable(d.patterns)})
	}
	d.attach(&card, call)
	return &k8sops.Result{Card: card}
}

// title claims the time asked for only where all of it was read.
func (d *logDigest) title() messages.Text {
	service, since := messages.Code(string(d.args.Service)), d.args.Since
	whole := len(d.partial()) == 0
	switch {
	case d.matched == 0 && whole:
		return messages.New("k8sops.logs.none", "service", service, "since", since, "containers", d.sources)
	case d.matched == 0:
		return messages.New("k8sops.logs.none_read", "service", service, "containers", d.sources)
	case whole:
		return messages.New("k8sops.logs.title", "service", service, "count", d.matched, "errors", d.errors, "containers", d.sources, "since", since)
	}
	return messages.New("k8sops.logs.title_part", "service", service, "count", d.matched, "errors", d.errors, "containers", d.sources)
}

// footer says what was read and what was not.
func (d *logDigest) footer(now time.Time) (footer []messages.Text) {
	if len(d.failed) > 0 {
		footer = append(footer, messages.New("k8sops.logs.unread", "containers", messages.Clip(strings.Join(d.failed, ", "), 300)))
	}
	if d.left > 0 {
		footer = append(footer, messages.New("k8sops.logs.left_out", "count", d.left))
	}
	if len(d.passed) > 0 {
		footer = append(footer, messages.New("k8sops.logs.passed", "containers", messages.Clip(strings.Join(d.passed, ", "), 300)))
	}
	footer = append(footer, d.spans(now)...)
	return append(footer, messages.New("k8sops.logs.redacted"))
}
