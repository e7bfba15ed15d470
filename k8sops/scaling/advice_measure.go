package scaling

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/metrics"
	"opsbot/k8sops/stream"
	"opsbot/messages"
)

// measures are what is known of the workloads.
type measures struct {
	use map[string]*podUse // by the workload's key
	// unmeasured is why there are no measures of pods.
	unmeasured messages.Text
	// latency is in seconds, errors in percent; of each that could not be asked for, the reason is known.
	latency, errors, backlog asked
}

type asked struct {
	values metrics.Values
	why    messages.Text
}

// podUse is what the ready pods of a workload use together.
type podUse struct {
	ready, measured int
	// sample is one of the pods, as the API server has completed it: what another replica will ask for.
	sample      *corev1.Pod
	cpu, memory share
	// ips are those of all its pods.
	ips []string
}

// share is a use of the pods that were measured, in millicores or bytes, beside what they request and may use at most. One container without a
// request or a limit leaves its workload without.
type share struct {
	used, request, limit int64
	unrequested, open    bool
	// worst is the highest use of one pod, in percent of the base.
	worst    int
	worstPod string
}

// base is what a use is compared with. Of CPU it is the request, by which autoscalers reckon, of memory the limit, at which a container is killed;
// where there is none, the other one.
type base string

const (
	ofRequest base = "request"
	ofLimit   base = "limit"
	ofNothing base = ""
)

func (s share) base(first base) (base, int64) {
	amounts := map[base]int64{}
	if !s.unrequested {
		amounts[ofRequest] = s.request
	}
	if !s.open {
		amounts[ofLimit] = s.limit
	}
	for _, b := range []base{first, ofRequest, ofLimit} {
		if amounts[b] > 0 {
			return b, amounts[b]
		}
	}
	return ofNothing, 0
}

func percentOf(used, whole int64) int { return int(used * 100 / max(1, whole)) }

func (o advice) measure(ctx context.Context, call *k8sops.Call, workloads []kube.Workload) (*measures, error) {
	m := &measures{use: map[string]*podUse{}}
	used := map[string]corev1.ResourceList{}
	options := metav1.ListOptions{}
	if len(workloads) == 1 && workloads[0].Selector() != nil {
		options.LabelSelector = metav1.FormatLabelSelector(workloads[0].Selector())
	}
	list, err := call.Client.Metrics.MetricsV1beta1().PodMetricses(call.Namespace).List(ctx, options)
	switch {
	case apierrors.IsNotFound(err) || apierrors.IsServiceUnavailable(err):
		m.unmeasured = messages.New("k8sops.advice.no_metrics")
	case err != nil:
		return nil, k8sops.Explain("list pod metrics in "+call.Namespace, err)
	default:
		for _, pod := range list.Items {
			used[pod.Name] = usedBy(pod.Containers)
		}
	}
	if err := m.addPods(ctx, call, workloads, used); err != nil {
		return nil, err
	}
	o.ask(ctx, call, m)
	return m, nil
}

// ask asks Prometheus for the rest, all at once: one that is slow is waited for once.
func (o advice) ask(ctx context.Context, call *k8sops.Call, m *measures) {
	var group errgroup.Group
	for _, ask := range []struct {
		query metrics.Query
		into  *asked
	}{{o.source.Queries.Latency, &m.latency}, {o.source.Queries.Errors, &m.errors}, {o.source.Queries.Backlog, &m.backlog}} {
		group.Go(func() error {
			ask.into.values, ask.into.why = o.source.Now(ctx, call, ask.query)
			return nil
		})
	}
	_ = group.Wait() // none fails: what is not known is part of the answer
}

// addPods adds up the pods by their owners, looking at one at a time.
func (m *measures) addPods(ctx context.Context, call *k8sops.Call, workloads []kube.Workload, used map[string]corev1.ResourceList) error {
	for _, w := range workloads {
		m.use[w.Key()] = &podUse{}
	}
	if len(workloads) == 1 {
		pods, err := kube.PodsOf(ctx, call, workloads[0])
		for i := range pods {
			m.use[workloads[0].Key()].add(&pods[i], used)
		}
		return err
	}
	err := kube.EachPod(ctx, call, stream.Listing{}, stream.Pruning{1: stream.LightMetadata()}, func(pod *corev1.Pod) {
		owner := kube.OwnerOf(pod)
		kind := owner.Kind
		if kind == "ReplicaSet" {
			kind = kube.Deployment
		}
		if use := m.use[kind+"/"+kube.OwnerName(pod)]; use != nil {
			use.add(pod, used)
		}
	})
	return k8sops.Explain("list pods", err)
}

func (u *podUse) add(pod *corev1.Pod, used map[string]corev1.ResourceList) {
	if pod.Status.PodIP != "" {
		u.ips = append(u.ips, pod.Status.PodIP)
	}
	if pod.DeletionTimestamp != nil || !kube.PodReady(pod) {
		return
	}
	u.ready++
	u.sample = cmp.Or(u.sample, pod)
	usage, measured := used[pod.Name]
	if !measured {
		return
	}
	u.measured++
	requested := func(c corev1.Container) corev1.ResourceList { return c.Resources.Requests }
	limited := func(c corev1.Container) corev1.ResourceList { return c.Resources.Limits }
	cpuRequest, noCPURequest := sumOf(pod, corev1.ResourceCPU, requested)
	cpuLimit, noCPULimit := sumOf(pod, corev1.ResourceCPU, limited)
	memoryRequest, noMemoryRequest := sumOf(pod, corev1.ResourceMemory, requested)
	memoryLimit, noMemoryLimit := sumOf(pod, corev1.ResourceMemory, limited)
	u.cpu.add(pod.Name, ofRequest, share{used: usage.Cpu().MilliValue(), request: cpuRequest, limit: cpuLimit, unrequested: noCPURequest, open: noCPULimit})
	u.memory.add(pod.Name, ofLimit, share{used: usage.Memory().Value(), request: memoryRequest, limit: memoryLimit, unrequested: noMemoryRequest, open: noMemoryLimit})
}

// usedBy is what the containers of a pod use together.
func usedBy(containers []metricsv1beta1.ContainerMetrics) corev1.ResourceList {
	cpu, memory := resource.Quantity{}, resource.Quantity{}
	for _, c := range containers {
		cpu.Add(*c.Usage.Cpu())
		memory.Add(*c.Usage.Memory())
	}
	return corev1.ResourceList{corev1.ResourceCPU: cpu, corev1.ResourceMemory: memory}
}

// sumOf adds up what the containers of a pod have of a resource, in millicores or bytes, and says whether one of them has nothing. Init containers
// that go on beside the others count.
func sumOf(pod *corev1.Pod, name corev1.ResourceName, of func(corev1.Container) corev1.ResourceList) (sum int64, lacking bool) {
	containers := slices.Clone(pod.Spec.Containers)
	for _, c := range pod.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			containers = append(containers, c)
		}
	}
	for _, c := range containers {
		amount := of(c)[name]
		lacking = lacking || amount.IsZero()
		if name == corev1.ResourceCPU {
			sum += amount.MilliValue()
		} else {
			sum += amount.Value()
		}
	}
	return sum, lacking
}

func (s *share) add(pod string, first base, one share) {
	s.used, s.request, s.limit = s.used+one.used, s.request+one.request, s.limit+one.limit
	s.unrequested, s.open = s.unrequested || one.unrequested, s.open || one.open
	if _, whole := one.base(first); whole > 0 && percentOf(one.used, whole) > s.worst {
		s.worst, s.worstPod = percentOf(one.used, whole), pod
	}
}
