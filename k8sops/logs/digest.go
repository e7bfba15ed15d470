package logs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"opsbot/k8sops"
	"opsbot/messages"
)

// logDigest gathers the lines of all sources: the newest that a file takes, oldest first.
type logDigest struct {
	args     logsArgs
	filter   logFilter
	sources  int
	lines    []logLine
	patterns patternCount
	matched  int
	errors   int
	failed   []string
}

func newLogDigest(args logsArgs, sources int) *logDigest {
	return &logDigest{args: args, filter: logFilter{grep: args.Grep, errorsOnly: args.Errors}, sources: sources, patterns: patternCount{}}
}

// read reads all sources, some at a time, and forgets at once what of them will not be shown. A container without a log
// (not started, no previous run) is said so; only when none can be read is it an error.
func (d *logDigest) read(ctx context.Context, call *k8sops.Call, sources []logSource, progress k8sops.Progress) error {
	failures := make([]error, len(sources))
	var group errgroup.Group
	group.SetLimit(logStreams)
	var merging sync.Mutex
	for i, source := range sources {
		group.Go(func() error {
			tail, err := d.readLog(ctx, call, source)
			if failures[i] = err; err == nil {
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
	all := slices.Concat(d.lines, t.lines)
	slices.SortStableFunc(all, func(a, b logLine) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.source, b.source)) })
	d.lines = slices.Clone(newest(all, d.args.Tail, maxFileBytes))
}

func (d *logDigest) result(call *k8sops.Call) *k8sops.Result {
	service, since := messages.Code(string(d.args.Service)), d.args.Since
	tone := messages.ToneInfo
	if d.errors > 0 {
		tone = messages.ToneWarning
	}
	card := messages.Card{
		Tone: tone,
		Title: messages.New("k8sops.logs.title", "service", service, "count", d.matched, "errors", d.errors,
			"containers", d.sources, "since", since),
		Footer: []messages.Text{messages.New("k8sops.logs.redacted")},
	}
	if d.matched == 0 {
		card.Title = messages.New("k8sops.logs.none", "service", service, "since", since, "containers", d.sources)
	}
	if len(d.patterns) > 0 {
		card.Sections = append(card.Sections, messages.Section{Table: patternTable(d.patterns)})
	}
	d.attach(&card, call)
	if len(d.failed) > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.logs.unread", "containers", messages.Clip(strings.Join(d.failed, ", "), 300)))
	}
	if left := d.sources - maxContainers; left > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.logs.left_out", "count", left))
	}
	return &k8sops.Result{Card: card}
}
