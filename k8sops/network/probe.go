package network

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// source is the container that a connection is tried from.
type source struct {
	pod       *corev1.Pod
	container string
}

// sourceOf is where a workload's connections are tried from: the default container of a pod that runs.
func sourceOf(ctx context.Context, call *k8sops.Call, w kube.Workload) (source, error) {
	pods, err := kube.PodsOf(ctx, call, w)
	if err != nil {
		return source{}, err
	}
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	for i := range pods {
		if serves(&pods[i]) {
			return source{&pods[i], defaultContainer(&pods[i])}, nil
		}
	}
	for i := range pods { // one that does not serve may be why somebody asks
		if isRunning(&pods[i]) {
			return source{&pods[i], defaultContainer(&pods[i])}, nil
		}
	}
	return source{}, &k8sops.Error{
		Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.net_test.no_pod", "workload", messages.Code(w.Line())), Suggest: []string{"status " + w.Line()},
	}
}

func serves(pod *corev1.Pod) bool { return isRunning(pod) && kube.PodReady(pod) }

func isRunning(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil && len(pod.Spec.Containers) > 0
}

// defaultContainer is the one that kubectl means: all of a pod share its network.
func defaultContainer(pod *corev1.Pod) string {
	if name := pod.Annotations[kube.DefaultContainerAnnotation]; name != "" {
		return name
	}
	return pod.Spec.Containers[0].Name
}

// finding is what one tool found out.
type finding struct {
	tool string // "" where the image has none
	code int
	took time.Duration
	out  string
}

// findings are those of a probe; nil for what was not tried.
type findings struct{ dns, tcp *finding }

// probe tries a host and a port, 0 for none, from inside a container.
func probe(ctx context.Context, call *k8sops.Call, from source, host string, port int) (findings, error) {
	ctx, cancel := context.WithTimeout(ctx, 4*patience)
	defer cancel()
	var out bytes.Buffer
	err := call.Client.Executor().Exec(ctx, k8sops.Command{
		Namespace: call.Namespace, Pod: from.pod.Name, Container: from.container, Stdout: &out,
		Args: k8sops.NetProbe(host, port, int(patience/time.Second)),
	})
	if err != nil {
		return findings{}, explainProbe(from, err)
	}
	return parseProbe(out.String()), nil
}

// patience is how long each of the tries may take.
const patience = 5 * time.Second

// explainProbe recognises an image without a shell.
func explainProbe(from source, err error) error {
	for _, sign := range []string{"executable file not found", "no such file or directory", "exit code 126", "exit code 127"} {
		if strings.Contains(err.Error(), sign) {
			return &k8sops.Error{
				Code: k8sops.CodeUnavailable, Cause: err,
				Message: messages.New("k8sops.net_test.no_shell", "container", messages.Code(from.container), "pod", messages.Code(from.pod.Name)),
				Hint:    messages.New("k8sops.net_test.no_shell_hint"),
			}
		}
	}
	return kube.ExplainExec("test the network from "+from.pod.Name, err)
}

// headLine begins what one tool said.
func headLine() *regexp.Regexp {
	return regexp.MustCompile(`^@(dns|tcp) (?:none|(\w+) (\d+) ([\d.]+) ([\d.]+))$`)
}

// maxOutput is how much is kept of what a tool says.
const maxOutput = 2000

// parseProbe reads what the probe printed. The last try of each kind counts: those before it were of tools that could not do it.
func parseProbe(printed string) findings {
	var found findings
	var current *finding
	head := headLine()
	for line := range strings.SplitSeq(printed, "\n") {
		match := head.FindStringSubmatch(line)
		switch {
		case match != nil:
			current = newFinding(match)
			if match[1] == "dns" {
				found.dns = current
			} else {
				found.tcp = current
			}
		case current != nil && len(current.out)+len(line) < maxOutput:
			current.out += strings.ToValidUTF8(line, "") + "\n"
		}
	}
	for _, f := range []*finding{found.dns, found.tcp} {
		if f != nil {
			f.out = redact.Text(strings.TrimSpace(f.out))
		}
	}
	return found
}

func newFinding(match []string) *finding {
	f := &finding{tool: match[2]}
	f.code, _ = strconv.Atoi(match[3])
	began, _ := strconv.ParseFloat(match[4], 64)
	ended, _ := strconv.ParseFloat(match[5], 64)
	f.took = time.Duration((ended - began) * float64(time.Second)).Round(10 * time.Millisecond)
	return f
}
