package logs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"opsbot/internal/optest"
	"opsbot/k8sops"
)

// kubelet serves logs as kubelets do: the last lines, of them those since a time, of them the first bytes.
type kubelet struct {
	logs   map[string][]string // by pod/container, with "/previous" after it for the run before
	mu     sync.Mutex
	served int
	asked  int
}

func (k *kubelet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	parts := strings.Split(r.URL.Path, "/")
	key := parts[len(parts)-2] + "/" + q.Get("container")
	if q.Get("previous") == "true" {
		key += "/previous"
	}
	lines, ok := k.logs[key]
	if !ok {
		http.Error(w, "container is waiting to start", http.StatusBadRequest)
		return
	}
	if n, err := strconv.Atoi(q.Get("tailLines")); err == nil {
		lines = lines[max(0, len(lines)-n):]
	}
	text := strings.Join(since(lines, q.Get("sinceSeconds"), q.Get("sinceTime")), "")
	if n, err := strconv.Atoi(q.Get("limitBytes")); err == nil {
		text = text[:min(len(text), n)]
	}
	k.mu.Lock()
	k.served += len(text)
	k.asked++
	k.mu.Unlock()
	_, _ = w.Write([]byte(text))
}

func since(lines []string, seconds, moment string) []string {
	from, _ := time.Parse(time.RFC3339, moment)
	if n, err := strconv.Atoi(seconds); err == nil {
		from = optest.TestNow().Add(-time.Duration(n) * time.Second)
	}
	for len(lines) > 0 {
		stamp, _, _ := strings.Cut(lines[0], " ")
		if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil && !at.Before(from) {
			break
		}
		lines = lines[1:]
	}
	return lines
}

// stamped is a line that was written so long before now.
func stamped(ago time.Duration, text string) string {
	return optest.TestNow().Add(-ago).Format("2006-01-02T15:04:05.000000000Z07:00") + " " + text + "\n"
}

// chatter are so many lines, the last one a moment ago.
func chatter(lines int, apart time.Duration, width int) []string {
	out := make([]string, lines)
	for i := range out {
		out[i] = stamped(time.Duration(lines-i)*apart, fmt.Sprintf("INFO order %d %s", i, strings.Repeat("x", width)))
	}
	return out
}

// kubeletCall is a call on pods of user-service whose logs the kubelet has.
func kubeletCall(t *testing.T, k *kubelet, line string, pods ...*corev1.Pod) *k8sops.Call {
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	call, kube := optest.NewCall(t, patient(), line, optest.Deployment("user-service", 3))
	for _, pod := range pods {
		_, err := kube.CoreV1().Pods(optest.TestNamespace).Create(t.Context(), pod, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	real, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL, QPS: -1})
	require.NoError(t, err)
	call.Client.Kubernetes = withLogs{kube, real.CoreV1()}
	return call
}

// patient is /logs on a machine that may be slow: what is read depends on bytes alone.
func patient() []k8sops.Operation {
	return []k8sops.Operation{logs{optest.TestPlatform(), time.Hour}.spec().Operation()}
}

// userPod has containers that have run for so long.
func userPod(name string, ran time.Duration, containers ...string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "user-service"}}}
	for _, c := range containers {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: c})
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{Name: c, State: running(ran)})
	}
	return pod
}

func running(ran time.Duration) corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(optest.TestNow().Add(-ran))}}
}

func answer(t *testing.T, call *k8sops.Call) (*k8sops.Result, error) {
	t.Helper()
	return call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
}
