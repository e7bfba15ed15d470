package k8sops

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"

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

func logsCall(t *testing.T, line string, texts map[string]string) *Call {
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
	call, kube := newCall(t, testCatalog(t, testDeps(t)), line, deployment("user-service", 3))
	for _, name := range []string{"user-a", "user-b", "user-c"} {
		_, err := kube.CoreV1().Pods(testNamespace).Create(t.Context(), &corev1.Pod{
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
			result, err := call.Operation.Run(t.Context(), call, nil, &recordedProgress{})
			require.NoError(t, err)
			golden(t, name, func(p *messages.Printer) string { return showCard(p, result.Card) })
			require.NotContains(t, fmt.Sprint(result.Card), "hunter")
		})
	}
	call := logsCall(t, `logs user --grep hunter`, texts)
	result, err := call.Operation.Run(t.Context(), call, nil, &recordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.logs.none", result.Card.Title.ID, "a secret cannot be searched for")
}

func TestLongLogsBecomeAFile(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "%s line %d %s\n", testNow().Add(time.Duration(i)*time.Second).Format(time.RFC3339Nano), i, strings.Repeat("x", 400))
	}
	call := logsCall(t, "logs user --tail 5000", map[string]string{"user-a": b.String()})
	result, err := call.Operation.Run(t.Context(), call, nil, &recordedProgress{})
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
	_, err := call.Operation.Run(t.Context(), call, nil, &recordedProgress{})
	require.Equal(t, CodeInvalid, CodeOf(err))
}

func TestLogTailKeepsTheLastLinesAndCountsAll(t *testing.T) {
	tail := &logTail{size: 3, patterns: map[string]int{}}
	for i := range 10 {
		logFilter{grep: regexp.MustCompile("error")}.take(tail, "pod", fmt.Sprintf("2026-03-02T09:30:0%dZ error %d", i, i))
	}
	var kept []string
	for _, line := range tail.inOrder() {
		kept = append(kept, line.text)
	}
	require.Equal(t, []string{"error 7", "error 8", "error 9"}, kept)
	require.Equal(t, 10, tail.matched)
	require.Equal(t, map[string]int{"error #": 10}, tail.patterns)
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
