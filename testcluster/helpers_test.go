package testcluster

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
)

// platformIn returns the shared cluster and a namespace with a platform of its own.
func platformIn(t *testing.T, database *Postgres) (*Cluster, string) {
	t.Helper()
	c := Shared(t)
	namespace := NewNamespace(t)
	require.NoError(t, c.ApplyPlatform(t.Context(), PlatformOptions{Namespace: namespace, Database: database}))
	return c, namespace
}

// eventually polls until done is true.
func eventually(t *testing.T, timeout time.Duration, what string, done func() bool) {
	t.Helper()
	err := poll(t.Context(), timeout, func(context.Context) (bool, error) { return done(), nil })
	require.NoError(t, err, what)
}

func podsOf(t *testing.T, c *Cluster, namespace, app string) []corev1.Pod {
	t.Helper()
	pods, err := c.Client().CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app=" + app})
	require.NoError(t, err)
	return pods.Items
}

// waitingReasons returns why the containers of an app's pods wait, "" for those that do not.
func waitingReasons(t *testing.T, c *Cluster, namespace, app string) []string {
	t.Helper()
	var reasons []string
	for _, pod := range podsOf(t, c, namespace, app) {
		for _, status := range pod.Status.ContainerStatuses {
			reason := ""
			if status.State.Waiting != nil {
				reason = status.State.Waiting.Reason
			}
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

func availableReplicas(t *testing.T, c *Cluster, namespace, deployment string) int32 {
	t.Helper()
	d, err := c.Client().AppsV1().Deployments(namespace).Get(t.Context(), deployment, metav1.GetOptions{})
	require.NoError(t, err)
	return d.Status.AvailableReplicas
}

// run executes a command in the first pod of an app and returns its standard output.
func run(t *testing.T, c *Cluster, namespace, app string, stdin io.Reader, command ...string) string {
	t.Helper()
	pod := podsOf(t, c, namespace, app)[0].Name
	request := c.Client().CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: app, Command: command, Stdin: stdin != nil, Stdout: true, Stderr: true,
		}, scheme.ParameterCodec)
	executor, err := remotecommand.NewSPDYExecutor(c.AdminConfig(), "POST", request.URL())
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), settleTimeout)
	defer cancel()
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: stdin, Stdout: &stdout, Stderr: &stderr})
	require.NoError(t, err, "%s: %s", strings.Join(command, " "), stderr.String())
	return stdout.String()
}

func podLog(t *testing.T, c *Cluster, namespace, pod string, options corev1.PodLogOptions) string {
	t.Helper()
	content, err := c.Client().CoreV1().Pods(namespace).GetLogs(pod, &options).DoRaw(t.Context())
	require.NoError(t, err)
	return string(content)
}
