package scaling

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	clienttesting "k8s.io/client-go/testing"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"
	metricsfake "k8s.io/metrics/pkg/client/clientset/versioned/fake"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/metrics"
	"opsbot/messages"
)

// fakePrometheus answers each expression with values by service, or an error.
type fakePrometheus map[string]map[string]float64

func (f fakePrometheus) Query(_ context.Context, expression string, _ time.Time, visit func(map[string]string, float64)) error {
	values, known := f[expression]
	if !known {
		return errors.New(`Post "http://prometheus:9090/api/v1/query": connection refused`)
	}
	for name, value := range values {
		visit(map[string]string{"service": name}, value)
	}
	return nil
}

func (fakePrometheus) QueryRange(context.Context, string, time.Time, time.Time, time.Duration, func(map[string]string, []time.Time, []float64)) error {
	return errors.New("not asked")
}

// source asks a fake for the three things that metrics-server does not know.
func source(answers fakePrometheus) metrics.Source {
	return metrics.Source{Prometheus: answers, Queries: metrics.Queries{
		Latency: metrics.Query{Key: "latency", Expression: "latency"}, Errors: metrics.Query{Key: "errors", Expression: "errors"}, Backlog: metrics.Query{Key: "backlog"},
	}}
}

func calm() fakePrometheus {
	return fakePrometheus{"latency": {"user-service": 0.12, "order-service": 0.1}, "errors": {"user-service": 0.3, "order-service": 0}}
}

// load is a service whose pods each use so much.
type load struct {
	name        string
	pods        int
	cpu, memory string
}

// loaded are the objects of loads: a workload and its pods, of which each requests 100m and 128Mi and may use 400m and 256Mi.
func loaded(loads ...load) (objects []runtime.Object, usage *metricsfake.Clientset) {
	var measured []metricsv1beta1.PodMetrics
	controller := true
	resources := corev1.ResourceRequirements{Requests: amounts("100m", "128Mi"), Limits: amounts("400m", "256Mi")}
	for _, l := range loads {
		objects = append(objects, optest.Deployment(l.name, int32(l.pods), func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Resources = resources }))
		for i := range l.pods {
			pod := optest.ReadyPod(l.name)
			pod.Name = fmt.Sprintf("%s-abc-%d", l.name, i)
			pod.Labels["pod-template-hash"] = "abc"
			pod.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: l.name + "-abc", Controller: &controller}}
			pod.Spec.Containers = []corev1.Container{{Name: l.name, Resources: resources}}
			pod.Spec.NodeName, pod.Status.PodIP = "node-1", fmt.Sprintf("10.0.0.%d", len(measured)+1)
			objects = append(objects, pod)
			measured = append(measured, metricsv1beta1.PodMetrics{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Labels: pod.Labels}, Containers: []metricsv1beta1.ContainerMetrics{{Usage: amounts(l.cpu, l.memory)}}})
		}
	}
	usage = metricsfake.NewSimpleClientset()
	usage.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &metricsv1beta1.PodMetricsList{Items: measured}, nil
	})
	return objects, usage
}

func amounts(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}

func node(name, cpu string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
	n.Status.Allocatable = amounts(cpu, "8Gi")
	n.Status.Allocatable[corev1.ResourcePods] = resource.MustParse("110")
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	return n
}

func advised(t *testing.T, line string, s metrics.Source, usage *metricsfake.Clientset, objects ...runtime.Object) *k8sops.Result {
	t.Helper()
	call, client := optest.NewCall(t, []k8sops.Operation{Advice(optest.TestPlatform(), s)}, line, objects...)
	call.Client.Metrics = usage
	call.Client.Exec = &optest.FakeDatabase{}
	optest.GrantOnly(client, call, optest.ReadsOnly)
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	return result
}

// buttons are the command lines that an answer offers.
func buttons(c messages.Card) (lines []string) {
	for _, s := range c.Sections {
		if s.Finding != nil && s.Finding.Action != nil {
			lines = append(lines, s.Finding.Action.Value)
		}
	}
	return lines
}

func shown(t *testing.T, c messages.Card) string {
	t.Helper()
	catalogue, err := messages.Load()
	require.NoError(t, err)
	return optest.ShowCard(catalogue.Printer(messages.English, messages.Plain()), c)
}

func TestAdviceOnOneService(t *testing.T) {
	objects, usage := loaded(load{"user-service", 3, "90m", "64Mi"})
	objects = append(objects, node("node-1", "4"), optest.Deployment("postgres", 1), optest.ReadyPod("postgres"))
	answers := calm()
	answers["errors"]["user-service"] = 3.1
	result := advised(t, "scale advice user", source(answers), usage, objects...)
	require.Equal(t, []string{"scale user-service 4"}, buttons(result.Card), "90 % of the request, 70 % wanted: 3.86")
	require.Equal(t, []string{"logs user-service --errors", "hpa set user-service --min 2 --max 10 --cpu 70"}, result.Suggest)
	optest.Golden(t, "advice-one", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

func TestAdviceOnAllServices(t *testing.T) {
	objects, usage := loaded(load{"user-service", 3, "90m", "64Mi"}, load{"order-service", 2, "20m", "230Mi"}, load{"product-service", 2, "10m", "64Mi"}, load{"postgres", 1, "95m", "64Mi"})
	objects = append(objects, node("node-1", "4"), optest.Deployment("idle-service", 0))
	result := advised(t, "scale advice", source(calm()), usage, objects...)
	require.Equal(t, []string{"scale order-service 3", "scale user-service 4", "db connections"}, buttons(result.Card))
	optest.Golden(t, "advice-all", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

// Whatever cannot be looked at is said with the reason, and is no sign that all is well.
func TestAdviceSaysWhatItCouldNotLookAt(t *testing.T) {
	objects, usage := loaded(load{"user-service", 2, "10m", "64Mi"})
	gone := metricsfake.NewSimpleClientset()
	gone.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewNotFound(schema.GroupResource{Group: "metrics.k8s.io", Resource: "pods"}, "")
	})
	several := source(calm())
	several.Several = true
	for name, c := range map[string]struct {
		source metrics.Source
		usage  *metricsfake.Clientset
		says   []string
	}{
		"nothing configured": {metrics.Source{}, usage, []string{"p95, Errors, Queue: not looked at for user-service, because no Prometheus is configured (prometheus.url)."}},
		"no query":           {source(calm()), usage, []string{"Queue: not looked at for user-service, because no query is configured (prometheus.queries.backlog)."}},
		"Prometheus is down": {source(nil), usage, []string{"p95: not looked at for user-service, because Prometheus gives no answer to prometheus.queries.latency: Post \"http://prometheus:9090/api/v1/query\": connection refused."}},
		"no series":          {source(fakePrometheus{"latency": {}, "errors": {"other": 1}}), usage, []string{"Prometheus has no such metric (prometheus.queries.latency)", "has this metric of others only"}},
		"no requests":        {source(fakePrometheus{"latency": {"user-service": math.NaN()}, "errors": {"user-service": math.Inf(1)}}), usage, []string{"no number at the moment"}},
		"several clusters":   {several, usage, []string{"prometheus.queries.latency does not name $cluster"}},
		"no metrics-server":  {source(calm()), gone, []string{"CPU, Memory: not looked at for user-service, because the cluster has no metrics"}},
	} {
		t.Run(name, func(t *testing.T) {
			result := advised(t, "scale advice user", c.source, c.usage, objects...)
			text := shown(t, result.Card)
			for _, says := range c.says {
				require.Contains(t, text, says)
			}
			require.Empty(t, buttons(result.Card))
		})
	}
	blind := advised(t, "scale advice user", metrics.Source{}, gone, objects...)
	require.Equal(t, messages.ToneInfo, blind.Card.Tone, "nothing was looked at")
}

func TestAdviceWhereThereIsAnAutoscaler(t *testing.T) {
	at := func(current int32) func(*autoscalingv2.HorizontalPodAutoscaler) {
		return func(a *autoscalingv2.HorizontalPodAutoscaler) {
			a.Status.CurrentReplicas, a.Status.DesiredReplicas = current, current
		}
	}
	owned := func(a *autoscalingv2.HorizontalPodAutoscaler) {
		controller := true
		a.OwnerReferences = []metav1.OwnerReference{{Kind: "ScaledObject", Name: "user", Controller: &controller}}
	}
	slow := fakePrometheus{"latency": {"user-service": 0.9}, "errors": {}}
	for name, c := range map[string]struct {
		cpu     string
		answers fakePrometheus
		hpa     *autoscalingv2.HorizontalPodAutoscaler
		id      string
		run     []string
	}{
		"it works":              {"90m", calm(), scaledBy(2, 10, 70), "k8sops.advice.hpa_works", nil},
		"its target is lax":     {"90m", calm(), scaledBy(2, 10, 90), "k8sops.advice.hpa_target", []string{"hpa set user-service --cpu 70"}},
		"it is at its maximum":  {"90m", calm(), scaledBy(2, 3, 70, at(3)), "k8sops.advice.hpa_maximum", []string{"hpa set user-service --max 4"}},
		"it does not see it":    {"10m", slow, scaledBy(2, 10, 70), "k8sops.advice.hpa_minimum", []string{"hpa set user-service --min 4"}},
		"its maximum is near":   {"10m", slow, scaledBy(2, 3, 70, at(2)), "k8sops.advice.hpa_minimum", []string{"hpa set user-service --min 4 --max 4"}},
		"it has another owner":  {"90m", calm(), scaledBy(2, 3, 70, owned), "k8sops.advice.hpa_owned", nil},
		"it reads no metrics":   {"90m", calm(), scaledBy(2, 10, 70, condition(autoscalingv2.ScalingActive, corev1.ConditionFalse, "FailedGetResourceMetric")), "k8sops.advice.hpa_stuck", []string{"hpa user-service"}},
		"all is well":           {"10m", calm(), scaledBy(2, 3, 70, at(3)), "", nil},
		"it is scaling already": {"90m", calm(), scaledBy(2, 10, 70, func(a *autoscalingv2.HorizontalPodAutoscaler) { a.Status.DesiredReplicas = 5 }), "k8sops.advice.hpa_works", nil},
	} {
		t.Run(name, func(t *testing.T) {
			objects, usage := loaded(load{"user-service", 3, c.cpu, "64Mi"})
			result := advised(t, "scale advice user", source(c.answers), usage, append(objects, c.hpa, node("node-1", "4"))...)
			require.Equal(t, c.run, buttons(result.Card))
			id := ""
			if f := result.Card.Sections[0].Finding; f != nil {
				id = f.Text.ID
			}
			require.Equal(t, c.id, id)
		})
	}
}

// What is advised fits, or is not advised.
func TestAdviceFits(t *testing.T) {
	quota := func(hard, used string) *corev1.ResourceQuota {
		q := &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "team", Namespace: optest.TestNamespace}}
		q.Status.Hard = corev1.ResourceList{corev1.ResourceRequestsCPU: resource.MustParse(hard), corev1.ResourceServices: resource.MustParse("1")}
		q.Status.Used = corev1.ResourceList{corev1.ResourceRequestsCPU: resource.MustParse(used)}
		return q
	}
	besteffort := quota("1", "1")
	besteffort.Spec.Scopes = []corev1.ResourceQuotaScope{corev1.ResourceQuotaScopeBestEffort}
	tainted := node("node-2", "4")
	tainted.Spec.Taints = []corev1.Taint{{Key: "gpu", Effect: corev1.TaintEffectNoSchedule}}
	all := intstr.FromString("100%")
	budget := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: "keep-all", Namespace: optest.TestNamespace}, Spec: policyv1.PodDisruptionBudgetSpec{
		MinAvailable: &all, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "user-service"}},
	}}
	for name, c := range map[string]struct {
		objects []runtime.Object
		run     []string
		says    string
	}{
		"there is room":            {[]runtime.Object{node("node-1", "4")}, []string{"scale user-service 6"}, "nodes: 1 take such pods, and have room for 3 more that request 100m CPU and 128 MiB"},
		"a part fits":              {[]runtime.Object{node("node-1", "500m"), tainted}, []string{"scale user-service 5"}, "There is no room for 6 replicas, only for 5: nodes: 1 take such pods, and have room for 2 more"},
		"nothing fits":             {[]runtime.Object{node("node-1", "350m"), tainted}, nil, "There is no room for 6 replicas, so there is no button: nodes: 1 take such pods, and have room for 0 more"},
		"the quota is used up":     {[]runtime.Object{node("node-1", "4"), quota("350m", "300m")}, nil, "quota team: requests.cpu 300m of 350m is used, a replica takes 100m, which leaves room for 0"},
		"the quota is for others":  {[]runtime.Object{node("node-1", "4"), besteffort}, []string{"scale user-service 6"}, "room for 3 more"},
		"a budget lets none go":    {[]runtime.Object{node("node-1", "4"), budget}, []string{"scale user-service 6"}, "With 6 replicas, disruption budget keep-all still lets no pod be evicted"},
		"the nodes are not ready":  {nil, nil, "nodes: 0 take such pods"},
		"the database is away":     {[]runtime.Object{node("node-1", "4")}, []string{"scale user-service 6"}, "The database's connections are not known: "},
		"the database has no room": {[]runtime.Object{node("node-1", "4"), optest.Deployment("postgres", 1), optest.ReadyPod("postgres")}, []string{"scale user-service 4"}, "only for 4: database connections: a replica has 10, and 17 of 47 are free, which is enough for 1 more replicas"},
	} {
		t.Run(name, func(t *testing.T) {
			objects, usage := loaded(load{"user-service", 3, "140m", "64Mi"})
			call, _ := optest.NewCall(t, []k8sops.Operation{Advice(optest.TestPlatform(), source(calm()))}, "scale advice user", append(objects, c.objects...)...)
			call.Client.Metrics = usage
			call.Client.Exec = &optest.FakeDatabase{Answer: func(sql string) (string, bool) {
				if strings.Contains(sql, "max_connections'") {
					return `[{"max": 50, "reserved": 3}]`, true
				}
				return `[{"client": "10.0.0.1", "connections": 10}, {"client": "10.0.0.2", "connections": 10}, {"client": "10.0.0.3", "connections": 10}]`, strings.Contains(sql, "client_addr")
			}}
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			require.NoError(t, err)
			require.Equal(t, c.run, buttons(result.Card))
			require.Contains(t, shown(t, result.Card), c.says)
		})
	}
}

func TestWhatIsNotAdvisedToScaleOut(t *testing.T) {
	objects, usage := loaded(load{"postgres", 1, "95m", "64Mi"}, load{"redis", 1, "95m", "64Mi"})
	require.Equal(t, []string{"db connections"}, buttons(advised(t, "scale advice postgres", source(calm()), usage, objects...).Card))
	require.Equal(t, []string{"redis memory"}, buttons(advised(t, "scale advice redis", source(calm()), usage, objects...).Card))

	objects, usage = loaded(load{"user-service", 3, "95m", "64Mi"})
	objects[1].(*corev1.Pod).Status.Conditions = nil
	stuck := advised(t, "scale advice user", source(calm()), usage, objects...)
	require.Equal(t, []string{"status user-service"}, buttons(stuck.Card))

	empty := advised(t, "scale advice", source(calm()), usage)
	require.Equal(t, "k8sops.advice.none", empty.Card.Title.ID)
}

// A pod that is much busier than the others is named: more replicas need not help it.
func TestAdviceNamesTheBusyPod(t *testing.T) {
	objects, _ := loaded(load{"user-service", 2, "0", "64Mi"})
	usage := metricsfake.NewSimpleClientset()
	usage.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		pod := func(i int, cpu string) metricsv1beta1.PodMetrics {
			return metricsv1beta1.PodMetrics{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("user-service-abc-%d", i), Labels: map[string]string{"app": "user-service"}}, Containers: []metricsv1beta1.ContainerMetrics{{Usage: amounts(cpu, "64Mi")}}}
		}
		return true, &metricsv1beta1.PodMetricsList{Items: []metricsv1beta1.PodMetrics{pod(0, "190m"), pod(1, "10m")}}, nil
	})
	require.Contains(t, shown(t, advised(t, "scale advice user", source(calm()), usage, objects...).Card), "CPU is uneven: user-service-abc-0 is at 190 %, the average at 100 %")
}

func TestAdviceOnAnUnknownService(t *testing.T) {
	call, _ := optest.NewCall(t, []k8sops.Operation{Advice(optest.TestPlatform(), source(calm()))}, "scale advice nobody", optest.Platform()...)
	_, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.Equal(t, k8sops.CodeNotFound, k8sops.CodeOf(err))
}

// The base of a percentage is named: of CPU the request, of memory the limit, and else what there is.
func TestThePercentageIsOfWhatThereIs(t *testing.T) {
	for _, c := range []struct {
		share share
		first base
		want  base
		whole int64
	}{
		{share{request: 100, limit: 400}, ofRequest, ofRequest, 100},
		{share{request: 100, limit: 400}, ofLimit, ofLimit, 400},
		{share{request: 100, limit: 400, unrequested: true}, ofRequest, ofLimit, 400},
		{share{request: 100, limit: 400, open: true}, ofLimit, ofRequest, 100},
		{share{request: 100, limit: 400, open: true, unrequested: true}, ofLimit, ofNothing, 0},
	} {
		b, whole := c.share.base(c.first)
		require.Equal(t, c.want, b)
		require.Equal(t, c.whole, whole)
	}
}

func TestHowManyReplicasAreWanted(t *testing.T) {
	for _, c := range []struct {
		now    int
		ratios []float64
		want   int
	}{{3, []float64{90.0 / 70}, 4}, {3, []float64{0}, 4}, {10, []float64{1.4, 1.1}, 14}, {3, []float64{8}, 6}, {999, []float64{2}, maxReplicas}, {4, []float64{1.5}, 6}} {
		var broken []ruling
		for _, ratio := range c.ratios {
			broken = append(broken, ruling{ratio: ratio})
		}
		require.Equal(t, c.want, wanted(c.now, broken), c)
	}
}
