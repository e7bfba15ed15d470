package rollout

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/redact"
	"opsbot/k8sops"
)

// What is kept of a Job's log: its newest lines. A Job that prints a hundred megabytes, or binary, is read to its end all the same.
const (
	maxJobLines    = 2000
	maxJobLogBytes = 512 << 10
	maxJobLine     = 32 << 10
)

// JobLog is the end of a Job's log, redacted.
type JobLog struct {
	Lines []string
	// Left is how many lines before them were not kept.
	Left  int
	bytes int
}

// Text is the log as one text, which says what is missing at its beginning.
func (l *JobLog) Text() string {
	var b strings.Builder
	if l.Left > 0 {
		fmt.Fprintf(&b, "… %d earlier lines are not kept\n", l.Left)
	}
	for _, line := range l.Lines {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// Last are the last lines that fit into so many bytes.
func (l *JobLog) Last(lines, bytes int) []string {
	first := len(l.Lines)
	for first > 0 && len(l.Lines)-first < lines && bytes >= len(l.Lines[first-1]) {
		first--
		bytes -= len(l.Lines[first]) + 1
	}
	return l.Lines[first:]
}

func (l *JobLog) add(line string) {
	l.Lines = append(l.Lines, line)
	l.bytes += len(line)
	for len(l.Lines) > maxJobLines || l.bytes > maxJobLogBytes {
		l.bytes -= len(l.Lines[0])
		l.Lines[0] = "" // or its text would live as long as the array does
		l.Lines = l.Lines[1:]
		l.Left++
	}
}

// readJobLog reads to the end of r and keeps the newest lines.
func readJobLog(r io.Reader) (*JobLog, error) {
	log, redactor := &JobLog{}, redact.Lines{}
	lines := bufio.NewReaderSize(r, maxJobLine)
	for {
		line, err := nextJobLine(lines)
		if line != "" || err == nil {
			log.add(redactor.Redact(line))
		}
		if errors.Is(err, io.EOF) {
			return log, nil
		}
		if err != nil {
			return log, err
		}
	}
}

// nextJobLine is the next line without its end, shortened, and without what no one can read.
func nextJobLine(r *bufio.Reader) (string, error) {
	chunk, more, err := r.ReadLine()
	if err != nil {
		return "", err
	}
	line := strings.Map(printable, strings.ToValidUTF8(string(chunk), "�"))
	if more {
		line += "…"
	}
	for more && err == nil {
		_, more, err = r.ReadLine()
	}
	return line, err
}

func printable(r rune) rune {
	if r < ' ' && r != '\t' || r == 0x7f {
		return -1
	}
	return r
}

// jobLog reads the log of the Job's own container, which need not be the pod's only one, nor its first: admission adds proxies.
// It is the newest lines where a count is given, else all of it.
func jobLog(ctx context.Context, call *k8sops.Call, pod *corev1.Pod, container string, tail int64) (log *JobLog, err error) {
	options := &corev1.PodLogOptions{Container: container}
	if tail > 0 {
		limit := int64(16 * maxJobLogBytes) // lines have no limit of their own, and this one cuts the newest off
		options.TailLines, options.LimitBytes = &tail, &limit
	}
	stream, err := call.Client.Kubernetes.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, options).Stream(ctx)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", pod.Name, err)
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	return readJobLog(stream)
}
