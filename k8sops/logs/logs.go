package logs

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// logs is /logs (handbook: 日志监控, scripts/logs.sh).
type logs struct{ kube.Platform }

type logsArgs struct {
	Service  k8sops.Workload
	Grep     *regexp.Regexp
	Errors   bool
	Since    time.Duration
	Tail     int
	Previous bool
}

func (l logs) spec() k8sops.ReadSpec[logsArgs] {
	return k8sops.ReadSpec[logsArgs]{
		Meta: k8sops.Meta{
			Name:     "logs",
			Aliases:  []string{"log"},
			Summary:  messages.New("k8sops.logs.summary"),
			Examples: []string{"logs user", "logs all --errors --since 1h", `logs payment --grep "timeout|refused" --tail 500`},
			Access: append(kube.ListWorkloads(), []k8sops.Access{
				{Verb: "list", Resource: "pods"},
				{Verb: "get", Resource: "pods", Subresource: "log"},
			}...),
			Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *logsArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service_or_all"), Positional: true, Required: true, AllowAll: true},
				{Name: "grep", Into: &a.Grep, Summary: messages.New("k8sops.logs.arg.grep")},
				{Name: "errors", Into: &a.Errors, Summary: messages.New("k8sops.logs.arg.errors")},
				{Name: "since", Into: &a.Since, Summary: messages.New("k8sops.logs.arg.since"), Default: "15m"},
				{Name: "tail", Into: &a.Tail, Summary: messages.New("k8sops.logs.arg.tail"), Default: "100", Min: 1, Max: 5000},
				{Name: "previous", Into: &a.Previous, Summary: messages.New("k8sops.logs.arg.previous")},
			}
		},
		Answer: l.answer,
	}
}

const (
	logStreams     = 16      // containers read at once
	maxContainers  = 100     // containers read in one call
	maxStreamBytes = 8 << 20 // read of one container
	shownLines     = 25
	shownBytes     = 2500
	maxFileBytes   = 900 << 10
	shownPatterns  = 8
)

// errorLine is what the handbook greps for.
var errorLine = regexp.MustCompile(`(?i)\b(?:error|err|warn(?:ing)?|exception|fatal|panic|critical|traceback)\b|(?:Error|Exception)\b`)

func (l logs) answer(ctx context.Context, call *k8sops.Call, args logsArgs, progress k8sops.Progress) (*k8sops.Result, error) {
	workloads, err := l.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	var sources []logSource
	for _, w := range workloads {
		pods, err := kube.PodsOf(ctx, call, w)
		if err != nil {
			return nil, err
		}
		sources = append(sources, logSources(pods)...)
	}
	if len(sources) == 0 {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneWarning,
			Title: messages.New("k8sops.logs.no_pods", "service", messages.Code(string(args.Service)))}}, nil
	}
	digest := newLogDigest(args, len(sources))
	if err := digest.read(ctx, call, sources[:min(maxContainers, len(sources))], progress); err != nil {
		return nil, err
	}
	return digest.result(call), nil
}

// logSource is one container's log.
type logSource struct{ pod, container, label string }

func logSources(pods []corev1.Pod) []logSource {
	var sources []logSource
	for _, pod := range pods {
		for _, c := range pod.Spec.Containers {
			source := logSource{pod: pod.Name, container: c.Name, label: pod.Name}
			if len(pod.Spec.Containers) > 1 {
				source.label += "/" + c.Name
			}
			sources = append(sources, source)
		}
	}
	return sources
}

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

// attach shows the last lines in the message, and all of them as a file where they are more than one reads in a message.
func (d *logDigest) attach(card *messages.Card, call *k8sops.Call) {
	text, complete := renderLines(d.lines, shownLines, shownBytes)
	if text != "" {
		card.Sections = append(card.Sections, messages.Section{Code: &messages.Block{Language: "log", Content: text}})
	}
	if complete {
		return
	}
	all, _ := renderLines(d.lines, len(d.lines), maxFileBytes)
	card.Files = []messages.File{{
		Name:    "logs-" + string(d.args.Service) + "-" + call.Now.UTC().Format("20060102-150405") + ".txt",
		Title:   messages.New("k8sops.logs.file", "service", messages.Code(string(d.args.Service)), "count", len(d.lines)),
		Content: []byte(all),
	}}
}

// renderLines writes the last lines that fit; complete is false when some were left out.
func renderLines(lines []logLine, maxLines, maxBytes int) (text string, complete bool) {
	fitting := newest(lines, maxLines, maxBytes)
	var b strings.Builder
	for _, line := range fitting {
		b.WriteString(line.String())
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n"), len(fitting) == len(lines)
}

// newest are the last lines that fit.
func newest(lines []logLine, maxLines, maxBytes int) []logLine {
	first, size := len(lines), 0
	for first > 0 && len(lines)-first < maxLines && size+lines[first-1].size() <= maxBytes {
		first--
		size += lines[first].size()
	}
	return lines[first:]
}

func patternTable(patterns patternCount) *messages.Table {
	type counted struct {
		pattern string
		n       int
	}
	var sorted []counted
	for pattern, n := range patterns {
		sorted = append(sorted, counted{pattern, n})
	}
	slices.SortFunc(sorted, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.pattern, b.pattern))
	})
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.count"), Right: true},
		{Title: messages.New("k8sops.column.pattern")},
	}}
	for _, c := range sorted[:min(shownPatterns, len(sorted))] {
		table.Rows = append(table.Rows, k8sops.Literals(strconv.Itoa(c.n), messages.Clip(c.pattern, 160)))
	}
	return table
}

// logLine is one line with the time at which it was written.
type logLine struct {
	at           time.Time
	source, text string
}

const clockTime = "15:04:05.000"

func (l logLine) String() string {
	return l.at.UTC().Format(clockTime) + " " + l.source + " " + l.text
}

// size is how many bytes String and a line end take.
func (l logLine) size() int { return len(clockTime) + len(l.source) + len(l.text) + len("  \n") }
