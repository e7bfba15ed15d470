package podlog

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Files are the log files of all pods, in the CRI format that kubelets keep: "<time> <stream> F <message>".
type Files struct {
	Dir string
	Now func() time.Time
	// mu keeps lines whole and away from a rotation.
	mu sync.Mutex
}

// Current is the path of a pod's log.
func (l *Files) Current(namespace, pod string) string {
	return filepath.Join(l.Dir, namespace, pod+".log")
}

// Previous is the path of the log of the container before the last restart.
func (l *Files) Previous(namespace, pod string) string {
	return filepath.Join(l.Dir, namespace, pod+".previous.log")
}

// Open creates a pod's files: the lines of its first minutes, and an empty log of a container before.
func (l *Files) Open(pod *corev1.Pod) error {
	if err := os.MkdirAll(filepath.Join(l.Dir, pod.Namespace), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(l.Previous(pod.Namespace, pod.Name), nil, 0o600); err != nil {
		return err
	}
	for _, line := range firstLines(pod, l.Now()) {
		if err := l.Write(pod.Namespace, pod.Name, line); err != nil {
			return err
		}
	}
	return nil
}

// firstLines are the arguments of a container that runs echo, each on a line of its own; else the lines of the program's first minutes.
func firstLines(pod *corev1.Pod, now time.Time) []Line {
	c := pod.Spec.Containers[0]
	if !slices.Equal(c.Command, []string{"echo"}) {
		return Samples(appOf(pod), pod.Name, now)
	}
	var lines []Line
	for _, text := range c.Args {
		lines = append(lines, Line{now, "stdout", text})
	}
	return lines
}

// Rotate is what a restart does: what was logged becomes the previous container's log, ending with its death.
func (l *Files) Rotate(pod *corev1.Pod) error {
	death := Line{l.Now(), "stderr", "FATAL " + appOf(pod) + ": panic: cannot reach postgres:5432: connection refused"}
	if err := l.Write(pod.Namespace, pod.Name, death); err != nil {
		return err
	}
	l.mu.Lock()
	err := os.Rename(l.Current(pod.Namespace, pod.Name), l.Previous(pod.Namespace, pod.Name))
	l.mu.Unlock()
	if err != nil {
		return err
	}
	start := Line{l.Now(), "stdout", "INFO  " + appOf(pod) + " starting"}
	return l.Write(pod.Namespace, pod.Name, start)
}

// Remove removes a pod's logs.
func (l *Files) Remove(pod *corev1.Pod) {
	_ = os.Remove(l.Current(pod.Namespace, pod.Name))
	_ = os.Remove(l.Previous(pod.Namespace, pod.Name))
}

func (l *Files) Write(namespace, pod string, line Line) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := os.OpenFile(l.Current(namespace, pod), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, "%s %s F %s\n", line.At.UTC().Format("2006-01-02T15:04:05.000000000Z"), line.Stream, line.Text)
	return err
}

// Line is a line of a log.
type Line struct {
	At     time.Time
	Stream string
	Text   string
}

func appOf(pod *corev1.Pod) string {
	if app := pod.Labels["app"]; app != "" {
		return app
	}
	return pod.Name
}
