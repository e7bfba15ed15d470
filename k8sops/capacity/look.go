package capacity

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/metrics"
	"opsbot/messages"
)

// look gathers what there is to see. Of series that Prometheus has, only those count whose object the calling person sees.
type look struct {
	show
	call   *k8sops.Call
	from   time.Time
	span   time.Duration
	things []thing
	// questions are what Prometheus is asked.
	questions []*question
	// missing is what could not be looked at, and unmeasured counts the objects that Prometheus has no series of, by kind.
	missing    []messages.Text
	unmeasured map[kind]int
}

// ceiling is what an object has of something.
type ceiling struct {
	amount float64
	of     messages.Text
}

// question is what Prometheus is asked about the objects of a kind.
type question struct {
	kind     kind
	query    metrics.Query
	ceilings map[string]ceiling
	// series or why there are none.
	series []metrics.Series
	why    messages.Text
}

// askedAtOnce bounds what is held of Prometheus' answers.
const askedAtOnce = 3

// ask asks all questions, so that a Prometheus that is slow is waited for only about twice.
func (l *look) ask(ctx context.Context) {
	var group errgroup.Group
	group.SetLimit(askedAtOnce)
	for _, q := range l.questions {
		if len(q.ceilings) == 0 {
			continue
		}
		group.Go(func() error {
			q.series, q.why = l.Metrics.Range(ctx, l.call, q.query, l.from, l.call.Now, stepOf(l.call.Now.Sub(l.from)))
			return nil
		})
	}
	_ = group.Wait() // none fails: what is not known is part of the answer
	for _, q := range l.questions {
		l.take(q)
	}
}

// take takes the series of the objects.
func (l *look) take(q *question) {
	if !q.why.IsZero() {
		l.missing = append(l.missing, messages.New("k8sops.capacity.not_asked", "kind", kindName(q.kind), "reason", q.why))
		return
	}
	found := 0
	for _, s := range q.series {
		c, ours := q.ceilings[s.Name]
		if !ours {
			continue
		}
		found++
		l.things = append(l.things, newThing(q.kind, s.Name, c.amount, c.of, s, l.call.Now, l.span))
	}
	if none := len(q.ceilings) - found; none > 0 {
		l.unmeasured[q.kind] = none
	}
}

func (l *look) about(k kind, query metrics.Query, ceilings map[string]ceiling) {
	l.questions = append(l.questions, &question{kind: k, query: query, ceilings: ceilings})
}

// nodes compares with what they can give to pods.
func (l *look) nodes(ctx context.Context) error {
	list, err := l.call.Client.Kubernetes.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if apierrors.IsForbidden(err) {
		l.missing = append(l.missing, messages.New("k8sops.capacity.no_nodes"))
		return nil
	}
	if err != nil {
		return k8sops.Explain("list nodes", err)
	}
	cpu, memory := map[string]ceiling{}, map[string]ceiling{}
	for i := range list.Items {
		node := &list.Items[i]
		of := messages.New("k8sops.capacity.of.node")
		cpu[node.Name] = ceiling{node.Status.Allocatable.Cpu().AsApproximateFloat64(), of}
		memory[node.Name] = ceiling{node.Status.Allocatable.Memory().AsApproximateFloat64(), of}
	}
	l.about(nodeCPU, l.Metrics.Queries.NodeCPU, cpu)
	l.about(nodeMemory, l.Metrics.Queries.NodeMemory, memory)
	return nil
}

// services compares with the limits of as many replicas as there are, or as an autoscaler makes at most.
func (l *look) services(ctx context.Context) error {
	workloads, err := kube.List(ctx, l.call, labels.Everything())
	if err != nil {
		return err
	}
	autoscalers, err := kube.AutoscalersByTarget(ctx, l.call)
	if err != nil {
		return err
	}
	cpu, memory := map[string]ceiling{}, map[string]ceiling{}
	for _, w := range workloads {
		if w.Kind == kube.Job || w.Kind == kube.CronJob || w.Replicas() == 0 {
			continue
		}
		replicas := w.Replicas()
		if hpa := autoscalers[w.Key()]; hpa != nil {
			replicas = max(replicas, int(hpa.Spec.MaxReplicas))
		}
		cpu[w.Name] = ofPods(w.Template(), corev1.ResourceCPU, replicas)
		memory[w.Name] = ofPods(w.Template(), corev1.ResourceMemory, replicas)
	}
	l.about(podCPU, l.Metrics.Queries.CPU, cpu)
	l.about(podMemory, l.Metrics.Queries.Memory, memory)
	return nil
}

// ofPods is what so many pods may use: their limits, or where a container has none, their requests; 0 where one has neither.
func ofPods(template *corev1.PodTemplateSpec, name corev1.ResourceName, replicas int) ceiling {
	if template == nil {
		return ceiling{}
	}
	limit, request := 0.0, 0.0
	unlimited, unrequested := false, false
	for _, c := range template.Spec.Containers {
		l, r := c.Resources.Limits[name], c.Resources.Requests[name]
		limit, request = limit+l.AsApproximateFloat64(), request+r.AsApproximateFloat64()
		unlimited, unrequested = unlimited || l.IsZero(), unrequested || r.IsZero()
	}
	switch {
	case !unlimited:
		return ceiling{limit * float64(replicas), messages.New("k8sops.capacity.of.limits", "replicas", replicas)}
	case !unrequested:
		return ceiling{request * float64(replicas), messages.New("k8sops.capacity.of.requests", "replicas", replicas)}
	}
	return ceiling{}
}

// claims compares with their sizes.
func (l *look) claims(ctx context.Context) error {
	list, err := l.call.Client.Kubernetes.CoreV1().PersistentVolumeClaims(l.call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return k8sops.Explain("list claims", err)
	}
	sizes := map[string]ceiling{}
	for i := range list.Items {
		size := list.Items[i].Status.Capacity.Storage()
		if size.IsZero() {
			size = list.Items[i].Spec.Resources.Requests.Storage()
		}
		sizes[list.Items[i].Name] = ceiling{size.AsApproximateFloat64(), messages.New("k8sops.capacity.of.claim")}
	}
	l.about(disk, l.Metrics.Queries.Storage, sizes)
	return nil
}

func kindName(k kind) messages.Text {
	switch k {
	case nodeCPU:
		return messages.New("k8sops.capacity.kind.node_cpu")
	case nodeMemory:
		return messages.New("k8sops.capacity.kind.node_memory")
	case podCPU:
		return messages.New("k8sops.capacity.kind.cpu")
	case podMemory:
		return messages.New("k8sops.capacity.kind.memory")
	}
	return messages.New("k8sops.capacity.kind.storage")
}
