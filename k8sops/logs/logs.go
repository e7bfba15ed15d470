package logs

import (
	"context"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// logs is /logs (handbook: 日志监控, scripts/logs.sh).
type logs struct {
	kube.Platform
	// readTime is how long one log may be read.
	readTime time.Duration
}

type logsArgs struct {
	Service   k8sops.Workload
	Grep      *regexp.Regexp
	Errors    bool
	Since     time.Duration
	Tail      int
	Previous  bool
	Container string
}

func (l logs) spec() k8sops.ReadSpec[logsArgs] {
	return k8sops.ReadSpec[logsArgs]{
		Meta: k8sops.Meta{
			Name:     "logs",
			Aliases:  []string{"log"},
			Summary:  messages.New("k8sops.logs.summary"),
			Examples: []string{"logs user", "logs all --errors --since 1h", `logs payment --grep "timeout|refused" --tail 500`, "logs user --container istio-proxy"},
			Access: append(kube.ListWorkloads(), []k8sops.Access{
				{Verb: "list", Resource: "pods"},
				{Verb: "get", Resource: "pods", Subresource: "log"},
			}...),
			Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *logsArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service_or_all"), Positional: true, Required: true, AllowAll: true},
				{Name: "grep", Into: &a.Grep, Summary: messages.New("k8sops.logs.arg.grep")},
				{Name: "errors", Into: &a.Errors, Summary: messages.New("k8sops.logs.arg.errors")},
				{Name: "since", Into: &a.Since, Summary: messages.New("k8sops.logs.arg.since"), Default: "15m"},
				{Name: "tail", Into: &a.Tail, Summary: messages.New("k8sops.logs.arg.tail"), Default: "100", Min: 1, Max: 5000},
				{Name: "previous", Into: &a.Previous, Summary: messages.New("k8sops.logs.arg.previous")},
				{Name: "container", Into: &a.Container, Summary: messages.New("k8sops.logs.arg.container")},
			}
		},
		Answer: l.answer,
	}
}

const (
	logStreams    = 16  // containers read at once
	maxContainers = 100 // containers read in one call
	shownLines    = 25
	shownBytes    = 2500
	maxFileBytes  = 900 << 10
	shownPatterns = 8
)

func (l logs) answer(ctx context.Context, call *k8sops.Call, args logsArgs, progress k8sops.Progress) (*k8sops.Result, error) {
	workloads, err := l.Workloads(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	var pods []corev1.Pod
	for _, w := range workloads {
		of, err := kube.PodsOf(ctx, call, w)
		if err != nil {
			return nil, err
		}
		pods = append(pods, of...)
	}
	sources, passed := logSources(pods, args, call.Now)
	if len(sources) == 0 {
		return nothingToRead(pods, args)
	}
	digest := newLogDigest(args, l.readTime, containersOf(sources))
	digest.left, digest.passed = max(0, len(sources)-maxContainers), passed
	if err := digest.read(ctx, call, sources[:min(maxContainers, len(sources))], progress); err != nil {
		return nil, err
	}
	return digest.result(call), nil
}

// nothingToRead: there are no pods, or none has the container that was asked for.
func nothingToRead(pods []corev1.Pod, args logsArgs) (*k8sops.Result, error) {
	service := messages.Code(string(args.Service))
	if len(pods) == 0 || args.Container == "" {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneWarning, Title: messages.New("k8sops.logs.no_pods", "service", service)}}, nil
	}
	names := strings.Join(containerNames(pods), ", ")
	return nil, k8sops.Invalid(messages.New("k8sops.logs.no_container", "service", service, "container", messages.Code(args.Container), "names", names))
}
