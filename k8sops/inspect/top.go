package inspect

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// top is /top (handbook: kubectl top nodes, kubectl top pods --sort-by).
type top struct{ kube.Platform }

type topArgs struct{ What, Sort string }

func (t top) spec() k8sops.ReadSpec[topArgs] {
	return k8sops.ReadSpec[topArgs]{
		Meta: k8sops.Meta{
			Name:     "top",
			Summary:  messages.New("k8sops.top.summary"),
			Examples: []string{"top pods", "top nodes --sort memory"},
			Access: []k8sops.Access{
				{Verb: "list", Resource: "pods"},
				{Verb: "list", Group: "metrics.k8s.io", Resource: "pods"},
				{Verb: "list", Resource: "nodes", ClusterWide: true, Optional: true},
				{Verb: "list", Group: "metrics.k8s.io", Resource: "nodes", ClusterWide: true, Optional: true},
			},
			Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *topArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "what", Into: &a.What, Summary: messages.New("k8sops.top.arg.what"), Positional: true, Default: "pods", Choices: []string{"nodes", "pods"}},
				{Name: "sort", Into: &a.Sort, Summary: messages.New("k8sops.top.arg.sort"), Default: "cpu", Choices: []string{"cpu", "memory"}},
			}
		},
		Answer: t.answer,
	}
}

const topRows = 50

func (t top) answer(ctx context.Context, call *k8sops.Call, args topArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	gather := podUsage
	if args.What == "nodes" {
		gather = nodeUsage
	}
	usages, err := gather(ctx, call)
	if err != nil {
		return nil, err
	}
	byMemory := args.Sort == "memory"
	slices.SortFunc(usages, func(a, b usage) int {
		first, second := cmp.Compare(b.cpu.used, a.cpu.used), cmp.Compare(b.memory.used, a.memory.used)
		if byMemory {
			first, second = second, first
		}
		return cmp.Or(first, second, strings.Compare(a.name, b.name))
	})
	return t.result(call, args, usages), nil
}

func (t top) result(call *k8sops.Call, args topArgs, usages []usage) *k8sops.Result {
	hot := 0
	for _, u := range usages {
		if u.cpu.percent() >= t.Thresholds.CPU || u.memory.percent() >= t.Thresholds.Memory {
			hot++
		}
	}
	tone := messages.ToneGood
	if hot > 0 {
		tone = messages.ToneWarning
	}
	title := messages.New("k8sops.top.pods", "count", len(usages), "hot", hot, "namespace", messages.Code(call.Namespace))
	if args.What == "nodes" {
		title = messages.New("k8sops.top.nodes", "count", len(usages), "hot", hot)
	}
	card := messages.Card{
		Tone: tone, Title: title,
		Sections: []messages.Section{{Table: t.table(usages[:min(topRows, len(usages))])}},
		Footer:   []messages.Text{messages.New("k8sops.top.thresholds", "cpu", t.Thresholds.CPU, "memory", t.Thresholds.Memory)},
	}
	if more := len(usages) - topRows; more > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.top.more", "count", more))
	}
	return &k8sops.Result{Card: card}
}

func (t top) table(usages []usage) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.object")},
		{Title: messages.New("k8sops.column.cpu"), Right: true},
		{Title: messages.New("k8sops.column.of"), Right: true},
		{Title: messages.New("k8sops.column.memory"), Right: true},
		{Title: messages.New("k8sops.column.of"), Right: true},
	}}
	for _, u := range usages {
		table.Rows = append(table.Rows, k8sops.Literals(u.name,
			u.cpu.show(milli, t.Thresholds.CPU), u.cpu.showBase(milli),
			u.memory.show(messages.Bytes, t.Thresholds.Memory), u.memory.showBase(messages.Bytes)))
	}
	return table
}

// usage is what a pod or node uses. For a node, limit is what it can give.
type usage struct {
	name        string
	cpu, memory amount
}

// amount is in millicores or bytes; 0 means not set.
type amount struct{ used, request, limit int64 }

// percent is the use of the limit, or of the request where there is no limit; 0 where there is neither.
func (a amount) percent() int {
	if of := cmp.Or(a.limit, a.request); of > 0 {
		return int(a.used * 100 / of)
	}
	return 0
}

func (a amount) show(format func(int64) string, threshold int) string {
	text := format(a.used)
	if percent := a.percent(); percent > 0 {
		text += " (" + strconv.Itoa(percent) + "%)"
		if percent >= threshold {
			text = "⚠ " + text
		}
	}
	return text
}

func milli(n int64) string { return strconv.FormatInt(n, 10) + "m" }

// showBase is what the percentage is of; a request is marked, because more than it may well be used.
func (a amount) showBase(format func(int64) string) string {
	switch {
	case a.limit > 0:
		return format(a.limit)
	case a.request > 0:
		return format(a.request) + "*"
	}
	return "–"
}

func podUsage(ctx context.Context, call *k8sops.Call) ([]usage, error) {
	metrics, err := call.Client.Metrics.MetricsV1beta1().PodMetricses(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, metricsError("list pod metrics in "+call.Namespace, err)
	}
	pods, err := call.Client.Kubernetes.CoreV1().Pods(call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return nil, k8sops.Explain("list pods in "+call.Namespace, err)
	}
	specs := map[string]*corev1.PodSpec{}
	for i := range pods.Items {
		specs[pods.Items[i].Name] = &pods.Items[i].Spec
	}
	var usages []usage
	for _, m := range metrics.Items {
		u := usage{name: m.Name}
		for _, c := range m.Containers {
			u.cpu.used += c.Usage.Cpu().MilliValue()
			u.memory.used += c.Usage.Memory().Value()
		}
		if spec := specs[m.Name]; spec != nil {
			u.addSpec(spec)
		}
		usages = append(usages, u)
	}
	return usages, nil
}

// addSpec sums up requests and limits. One container without a limit leaves the pod without one.
func (u *usage) addSpec(spec *corev1.PodSpec) {
	unlimitedCPU, unlimitedMemory := false, false
	for _, c := range spec.Containers {
		u.cpu.request += c.Resources.Requests.Cpu().MilliValue()
		u.memory.request += c.Resources.Requests.Memory().Value()
		u.cpu.limit += c.Resources.Limits.Cpu().MilliValue()
		u.memory.limit += c.Resources.Limits.Memory().Value()
		unlimitedCPU = unlimitedCPU || c.Resources.Limits.Cpu().IsZero()
		unlimitedMemory = unlimitedMemory || c.Resources.Limits.Memory().IsZero()
	}
	if unlimitedCPU {
		u.cpu.limit = 0
	}
	if unlimitedMemory {
		u.memory.limit = 0
	}
}

func nodeUsage(ctx context.Context, call *k8sops.Call) ([]usage, error) {
	metrics, err := call.Client.Metrics.MetricsV1beta1().NodeMetricses().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, metricsError("list node metrics", err)
	}
	nodes, err := call.Client.Kubernetes.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return nil, k8sops.Explain("list nodes", err)
	}
	allocatable := map[string]corev1.ResourceList{}
	for i := range nodes.Items {
		allocatable[nodes.Items[i].Name] = nodes.Items[i].Status.Allocatable
	}
	var usages []usage
	for _, m := range metrics.Items {
		usages = append(usages, nodeAmounts(m.Name, m.Usage, allocatable[m.Name]))
	}
	return usages, nil
}

func nodeAmounts(name string, used, allocatable corev1.ResourceList) usage {
	value := func(q *resource.Quantity) int64 { return q.Value() }
	inMilli := func(q *resource.Quantity) int64 { return q.MilliValue() }
	return usage{
		name:   name,
		cpu:    amount{used: inMilli(used.Cpu()), limit: inMilli(allocatable.Cpu())},
		memory: amount{used: value(used.Memory()), limit: value(allocatable.Memory())},
	}
}

// metricsError names the missing metrics API: without metrics-server there is nothing at its address, and while it does
// not answer the API server says unavailable.
func metricsError(action string, err error) error {
	if !apierrors.IsNotFound(err) && !apierrors.IsServiceUnavailable(err) {
		return k8sops.Explain(action, err)
	}
	return &k8sops.Error{
		Code: k8sops.CodeUnavailable, Cause: err,
		Message: messages.New("k8sops.metrics.missing"),
		Hint:    messages.New("k8sops.metrics.missing_hint"),
	}
}
