package testcluster

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// podLogs are the log files of all pods, in the CRI format that kubelets keep: "<time> <stream> F <message>".
type podLogs struct {
	dir string
	now func() time.Time
	// mu keeps lines whole and away from a rotation.
	mu sync.Mutex
}

func (l *podLogs) current(namespace, pod string) string {
	return filepath.Join(l.dir, namespace, pod+".log")
}

func (l *podLogs) previous(namespace, pod string) string {
	return filepath.Join(l.dir, namespace, pod+".previous.log")
}

// open creates a pod's files: the lines of its first minutes, and an empty log of a container before.
func (l *podLogs) open(pod *corev1.Pod) error {
	if err := os.MkdirAll(filepath.Join(l.dir, pod.Namespace), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(l.previous(pod.Namespace, pod.Name), nil, 0o600); err != nil {
		return err
	}
	for _, line := range sampleLines(appOf(pod), pod.Name, l.now()) {
		if err := l.write(pod.Namespace, pod.Name, line); err != nil {
			return err
		}
	}
	return nil
}

// rotate is what a restart does: what was logged becomes the previous container's log, ending with its death.
func (l *podLogs) rotate(pod *corev1.Pod) error {
	death := logLine{l.now(), "stderr", "FATAL " + appOf(pod) + ": panic: cannot reach postgres:5432: connection refused"}
	if err := l.write(pod.Namespace, pod.Name, death); err != nil {
		return err
	}
	l.mu.Lock()
	err := os.Rename(l.current(pod.Namespace, pod.Name), l.previous(pod.Namespace, pod.Name))
	l.mu.Unlock()
	if err != nil {
		return err
	}
	start := logLine{l.now(), "stdout", "INFO  " + appOf(pod) + " starting"}
	return l.write(pod.Namespace, pod.Name, start)
}

func (l *podLogs) remove(pod *corev1.Pod) {
	_ = os.Remove(l.current(pod.Namespace, pod.Name))
	_ = os.Remove(l.previous(pod.Namespace, pod.Name))
}

func (l *podLogs) write(namespace, pod string, line logLine) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := os.OpenFile(l.current(namespace, pod), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, "%s %s F %s\n", line.at.UTC().Format("2006-01-02T15:04:05.000000000Z"), line.stream, line.text)
	return err
}

type logLine struct {
	at     time.Time
	stream string
	text   string
}

func appOf(pod *corev1.Pod) string {
	if app := pod.Labels["app"]; app != "" {
		return app
	}
	return pod.Name
}
