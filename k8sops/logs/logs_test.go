package logs

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// withLogs answers log requests from texts by pod over HTTP, as the API server does, and everything else from the fake.
type withLogs struct {
	kubernetes.Interface
	core typedcore.CoreV1Interface
}

func (w withLogs) CoreV1() typedcore.CoreV1Interface {
	return logsCore{w.Interface.CoreV1(), w.core}
}

type logsCore struct {
	typedcore.CoreV1Interface
	http typedcore.CoreV1Interface
}

func (c logsCore) Pods(namespace string) typedcore.PodInterface {
	return logsPods{c.CoreV1Interface.Pods(namespace), c.http.Pods(namespace)}
}

type logsPods struct {
	typedcore.PodInterface
	http typedcore.PodInterface
}

func (p logsPods) GetLogs(name string, options *corev1.PodLogOptions) *rest.Request {
	return p.http.GetLogs(name, options)
}

func logsCall(t *testing.T, line string, texts map[string]string) *k8sops.Call {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for pod, text := range texts {
			if strings.HasSuffix(r.URL.Path, "/pods/"+pod+"/log") {
				_, _ = w.Write([]byte(text))
				return
			}
		}
		http.Error(w, "container is waiting to start", http.StatusBadRequest)
	}))
	t.Cleanup(server.Close)
	call, kube := optest.NewCall(t, Operations(optest.TestPlatform()), line, optest.Deployment("user-service", 3))
	for _, name := range []string{"user-a", "user-b", "user-c"} {
		_, err := kube.CoreV1().Pods(optest.TestNamespace).Create(t.Context(), &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "user-service"}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "user-service"}}},
		}, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	real, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	require.NoError(t, err)
	call.Client.Kubernetes = withLogs{kube, real.CoreV1()}
	return call
}

func TestLogsAreMergedCountedAndRedacted(t *testing.T) {
	texts := map[string]string{
		"user-a": "2026-03-02T09:20:01Z INFO started\n2026-03-02T09:20:03Z ERROR order 17 failed, password=hunter2\n",
		"user-b": "2026-03-02T09:20:02Z WARN slow query 120ms\n2026-03-02T09:20:04Z ERROR order 18 failed, password=hunter3\n",
	}
	for name, line := range map[string]string{"logs": "logs user", "logs-errors": "logs user --errors", "logs-grep": `logs user --grep "order \d+"`, "logs-none": "logs user --grep nothing"} {
		t.Run(name, func(t *testing.T) {
			call := logsCall(t, line, texts)
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			require.NoError(t, err)
			optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
			require.NotContains(t, allOf(t, result.Card), "hunter")
		})
	}
	key := "2026-03-02T09:20:01Z -----BEGIN EC PRIVATE KEY-----\n2026-03-02T09:20:01Z hunter2\n"
	call := logsCall(t, "logs user", map[string]string{"user-a": key})
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.NotContains(t, allOf(t, result.Card), "hunter", "a key is hidden over several lines")

	call = logsCall(t, `logs user --grep hunter`, texts)
	result, err = call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.logs.none", result.Card.Title.ID, "a secret cannot be searched for")
}

// allOf is everything that a card says.
func allOf(t *testing.T, card messages.Card) string {
	t.Helper()
	data, err := json.Marshal(card)
	require.NoError(t, err)
	return string(data)
}

func TestLongLogsBecomeAFile(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "%s line %d %s\n", optest.TestNow().Add(time.Duration(i)*time.Second).Format(time.RFC3339Nano), i, strings.Repeat("x", 400))
	}
	call := logsCall(t, "logs user --tail 5000", map[string]string{"user-a": b.String()})
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Len(t, result.Card.Files, 1)
	file := string(result.Card.Files[0].Content)
	require.LessOrEqual(t, len(file), maxFileBytes)
	require.Contains(t, file, "line 2999 ", "the newest lines are kept")
	block := result.Card.Sections[len(result.Card.Sections)-1].Code.Content
	require.LessOrEqual(t, len(block), shownBytes)
	require.Contains(t, block, "line 2999 ")
}

func TestLogsOfNoReadablePodAreAnError(t *testing.T) {
	call := logsCall(t, "logs user", nil)
	_, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.Equal(t, k8sops.CodeInvalid, k8sops.CodeOf(err))
}

func TestLogTailKeepsTheLastLinesAndCountsAll(t *testing.T) {
	tail := newLogTail(3)
	for i := range 10 {
		logFilter{grep: regexp.MustCompile("error")}.take(tail, "pod", fmt.Sprintf("2026-03-02T09:30:0%dZ error %d", i, i))
	}
	logFilter{grep: regexp.MustCompile("error")}.end(tail, "pod")
	var kept []string
	for _, line := range tail.lines {
		kept = append(kept, line.text)
	}
	require.Equal(t, []string{"error 7", "error 8", "error 9"}, kept)
	require.Equal(t, 10, tail.matched)
	require.Equal(t, patternCount{"error #": 10}, tail.patterns)
}

func TestOverlongLinesAreShortened(t *testing.T) {
	r := bufio.NewReaderSize(bytes.NewBufferString(strings.Repeat("a", 3*maxLogLine)+"\nnext\nlast"), maxLogLine)
	var lines []string
	for {
		line, err := nextLine(r)
		if err != nil {
			break
		}
		lines = append(lines, line)
	}
	require.Equal(t, []string{strings.Repeat("a", maxLogLine) + "…", "next", "last"}, lines)
}

// However much the containers write, what is held is what can be shown.
func TestTheLogsOfManyContainersTakeNoMoreThanAFile(t *testing.T) {
	const containers, tail = 100, 5000
	d := &logDigest{args: logsArgs{Tail: tail}, patterns: patternCount{}}
	text := strings.Repeat("x", 4000)
	for c := range containers {
		one := newLogTail(tail)
		for i := range tail {
			one.add(logLine{at: optest.TestNow().Add(time.Duration(i) * time.Second), source: fmt.Sprint("pod-", c), text: text}, false)
		}
		require.LessOrEqual(t, bytesOf(one.lines), maxFileBytes)
		d.merge(one)
		require.LessOrEqual(t, bytesOf(d.lines), maxFileBytes)
	}
	require.Equal(t, containers*tail, d.matched)
	oldest := optest.TestNow().Add(time.Duration(tail-1-maxFileBytes/len(text)/containers) * time.Second)
	require.Equal(t, oldest, d.lines[0].at, "the newest of all are kept")
	rendered, complete := renderLines(d.lines, len(d.lines), maxFileBytes)
	require.True(t, complete)
	require.Len(t, rendered, bytesOf(d.lines)-1)
}

func bytesOf(lines []logLine) int {
	sum := 0
	for _, line := range lines {
		sum += len(line.String()) + 1
	}
	return sum
}

func TestTheOrderInWhichLogsArriveMakesNoDifference(t *testing.T) {
	tails := make([]*logTail, 5)
	for i := range tails {
		tails[i] = newLogTail(20)
		for n := range 20 {
			tails[i].add(logLine{at: optest.TestNow().Add(time.Duration(n/4) * time.Second), source: fmt.Sprint("pod-", i), text: fmt.Sprint(n)}, n%7 == 0)
		}
	}
	forward := &logDigest{args: logsArgs{Tail: 33}, patterns: patternCount{}}
	backward := &logDigest{args: logsArgs{Tail: 33}, patterns: patternCount{}}
	for i := range tails {
		forward.merge(tails[i])
		backward.merge(tails[len(tails)-1-i])
	}
	require.Len(t, forward.lines, 33)
	require.Equal(t, forward, backward)
}

// BenchmarkLogsOfManyContainers tells the time and the memory of /logs all --tail 5000 over 100 containers with 600 kB each.
func BenchmarkLogsOfManyContainers(b *testing.B) {
	var log strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&log, "%s INFO order %d created for customer %d in 17 ms, 3 items, total 149.90, host order-service\n",
			optest.TestNow().Add(time.Duration(i)*time.Millisecond).Format(time.RFC3339Nano), i, i%97)
	}
	for b.Loop() {
		d := &logDigest{args: logsArgs{Tail: 5000}, patterns: patternCount{}}
		for c := range 100 {
			tail := newLogTail(5000)
			for line := range strings.Lines(log.String()) {
				d.filter.take(tail, fmt.Sprint("pod-", c), strings.TrimSuffix(strings.Clone(line), "\n"))
			}
			d.filter.end(tail, fmt.Sprint("pod-", c))
			d.merge(tail)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-held")
		runtime.KeepAlive(d)
	}
}
