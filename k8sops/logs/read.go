package logs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// How much is read. The API knows no "newest so many bytes": limitBytes keeps the oldest. So a search asks for the newest lines, few
// first to learn how long they are, then as many as fit into the bytes that the container may take of all.
const (
	firstLines    = 1000
	mostLines     = 200_000
	totalBytes    = 64 << 20
	mostBytes     = 32 << 20 // of one container
	readTime      = 20 * time.Second
	shorterTries  = 6
	stampBytes    = 40 // a time as the kubelet writes it
	beginningSlip = time.Minute
)

// logReader reads the logs of one call.
type logReader struct {
	call   *k8sops.Call
	args   logsArgs
	filter logFilter
	bytes  int64 // that one container may take
	time   time.Duration
}

func newLogReader(call *k8sops.Call, readTime time.Duration, args logsArgs, filter logFilter, sources int) logReader {
	return logReader{call: call, time: readTime, args: args, filter: filter, bytes: min(mostBytes, totalBytes/int64(max(1, sources)))}
}

// read reads the newest of a container's log: as many lines as are shown, or, in a search, as many as may be read.
func (r logReader) read(ctx context.Context, source logSource) (*logTail, error) {
	lines := int64(r.args.Tail)
	if r.filter.selective() {
		lines = firstLines
	}
	t, err := r.newest(ctx, source, lines)
	if err == nil && r.filter.selective() && !t.whole() {
		t = r.search(ctx, source, t)
	}
	if err == nil {
		t.begins = r.beginning(ctx, source, t)
	}
	return t, err
}

// newest reads so many lines, or fewer where they are so long that they do not fit.
func (r logReader) newest(ctx context.Context, source logSource, lines int64) (*logTail, error) {
	ctx, cancel := context.WithTimeout(ctx, r.time)
	defer cancel()
	t, err := r.attempt(ctx, source, lines)
	for range shorterTries {
		if err != nil || !t.cut || t.asked == 1 {
			break
		}
		t, err = r.attempt(ctx, source, max(1, min(t.read, t.asked)/4))
	}
	return t, err
}

// search reads further back than what was read first, and falls back to that where it cannot.
func (r logReader) search(ctx context.Context, source logSource, first *logTail) *logTail {
	ctx, cancel := context.WithTimeout(ctx, r.time)
	defer cancel()
	lines := min(mostLines, r.bytes*4/5/max(1, first.bytesRead/max(1, first.read)))
	for range 3 {
		if lines <= first.asked {
			break
		}
		if t, err := r.attempt(ctx, source, lines); err == nil && !t.cut {
			return t
		}
		lines /= 3
	}
	return first
}

// attempt reads the newest lines. When they are more bytes than may be read, the result is cut: then the very newest are missing.
func (r logReader) attempt(ctx context.Context, source logSource, lines int64) (t *logTail, err error) {
	options := r.options(source)
	options.TailLines, options.LimitBytes = &lines, &r.bytes
	stream, err := r.stream(ctx, source, options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	t = newLogTail(r.args.Tail)
	t.source, t.asked = source, lines
	limited := &meter{r: stream, left: r.bytes}
	err = r.take(limited, t)
	t.bytesRead, t.cut = r.bytes-limited.left, limited.left <= 0
	return t, err
}

func (r logReader) take(stream io.Reader, t *logTail) error {
	lines := bufio.NewReaderSize(stream, maxLogLine)
	for {
		line, err := nextLine(lines)
		if errors.Is(err, io.EOF) {
			r.filter.end(t, t.source.label)
			return nil
		}
		if err != nil {
			return fmt.Errorf("log of %s/%s: %w", t.source.pod, t.source.container, err)
		}
		r.filter.take(t, t.source.label, line)
	}
}

func (r logReader) options(source logSource) *corev1.PodLogOptions {
	options := &corev1.PodLogOptions{Container: source.container, Previous: source.previous, Timestamps: true}
	if source.previous && source.ended != nil {
		from := metav1.NewTime(source.window(r.call.Now, r.args.Since))
		options.SinceTime = &from
		return options
	}
	since := max(1, int64(r.args.Since.Seconds()))
	options.SinceSeconds = &since
	return options
}

func (r logReader) stream(ctx context.Context, source logSource, options *corev1.PodLogOptions) (io.ReadCloser, error) {
	stream, err := r.call.Client.Kubernetes.CoreV1().Pods(r.call.Namespace).GetLogs(source.pod, options).Stream(ctx)
	if err != nil {
		return nil, fmt.Errorf("log of %s/%s: %w", source.pod, source.container, err)
	}
	return stream, nil
}

// beginning is when the log that the node still has begins, where that is after the time asked for although the container ran before: nodes
// throw old files away. It is zero where nothing is missing, or nobody can know.
func (r logReader) beginning(ctx context.Context, source logSource, t *logTail) time.Time {
	window := source.window(r.call.Now, r.args.Since)
	if !t.whole() || t.from.IsZero() || source.started.IsZero() || source.started.After(window) || t.from.Before(window.Add(beginningSlip)) {
		return time.Time{}
	}
	limit := int64(stampBytes)
	stream, err := r.stream(ctx, source, &corev1.PodLogOptions{Container: source.container, Previous: source.previous, Timestamps: true, LimitBytes: &limit})
	if err != nil {
		return time.Time{}
	}
	defer stream.Close()
	start, err := io.ReadAll(io.LimitReader(stream, stampBytes))
	if err != nil {
		return time.Time{}
	}
	at, _ := splitTimestamp(string(start) + " ")
	if at.Before(window) || at.Before(source.started.Add(beginningSlip)) {
		return time.Time{}
	}
	return at
}

// meter ends a stream after so many bytes, whatever the server was told.
type meter struct {
	r    io.Reader
	left int64
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, io.EOF
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	return n, err
}
