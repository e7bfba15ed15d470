package k8sops

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"opsbot/internal/redact"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/httpstream" //nolint:staticcheck // its successor k8s.io/streaming is an indirect requirement only
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
)

// Command is a program to run in a container. Args are handed over as they are: there is no shell.
type Command struct {
	Namespace, Pod, Container string
	Args                      []string
	Stdin                     io.Reader
	Stdout                    io.Writer
}

// Executor runs a command in a container and returns when it has ended; a *CommandError where it failed.
type Executor interface {
	Exec(ctx context.Context, c Command) error
}

// CommandError is a command that ended with another exit code than 0. Stderr is the end of what it complained, redacted.
type CommandError struct {
	Program string
	Code    int
	Stderr  string
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("%s: exit code %d: %s", e.Program, e.Code, e.Stderr)
}

// remoteExecutor runs commands through the API server, by websocket or, where a proxy in between does not know them, SPDY.
type remoteExecutor struct {
	config *rest.Config
	core   rest.Interface
}

// Exec implements Executor.
func (e remoteExecutor) Exec(ctx context.Context, c Command) error {
	options := &corev1.PodExecOptions{
		Container: c.Container, Command: c.Args, Stdin: c.Stdin != nil, Stdout: c.Stdout != nil, Stderr: true,
	}
	url := e.core.Post().Namespace(c.Namespace).Resource("pods").Name(c.Pod).SubResource("exec").
		VersionedParams(options, scheme.ParameterCodec).URL()
	websocket, err := remotecommand.NewWebSocketExecutor(e.config, "GET", url.String())
	if err != nil {
		return fmt.Errorf("exec in pod %s/%s: %w", c.Namespace, c.Pod, err)
	}
	spdy, err := remotecommand.NewSPDYExecutor(e.config, "POST", url)
	if err != nil {
		return fmt.Errorf("exec in pod %s/%s: %w", c.Namespace, c.Pod, err)
	}
	executor, err := remotecommand.NewFallbackExecutor(websocket, spdy, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
	if err != nil {
		return fmt.Errorf("exec in pod %s/%s: %w", c.Namespace, c.Pod, err)
	}
	stderr := &tailWriter{max: 2000}
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: c.Stdin, Stdout: c.Stdout, Stderr: stderr})
	if exit, ok := errors.AsType[utilexec.ExitError](err); ok {
		return &CommandError{Program: c.Args[0], Code: exit.ExitStatus(), Stderr: redact.Text(stderr.String())}
	}
	if err != nil {
		return fmt.Errorf("exec %s in pod %s/%s: %w", c.Args[0], c.Namespace, c.Pod, asRefusal(err))
	}
	return nil
}

// asRefusal makes the API server's refusal to upgrade a request to a stream what its other refusals are: the stream's error has its text alone.
func asRefusal(err error) error {
	if !strings.Contains(err.Error(), " is forbidden: ") {
		return err
	}
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden, Message: err.Error(),
	}}
}

// tailWriter keeps the last max bytes.
type tailWriter struct {
	buffer bytes.Buffer
	max    int
}

func (w *tailWriter) Write(p []byte) (int, error) {
	w.buffer.Write(p)
	if surplus := w.buffer.Len() - w.max; surplus > 0 {
		w.buffer.Next(surplus)
	}
	return len(p), nil
}

func (w *tailWriter) String() string {
	return strings.TrimSpace(strings.ToValidUTF8(w.buffer.String(), ""))
}
