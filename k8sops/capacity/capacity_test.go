package capacity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/metrics"
	"opsbot/messages"
	"opsbot/monitoring"
)

// history answers each expression with functions of the days that are left until now.
type history map[string]map[string]func(daysAgo float64) float64

func (h history) Query(context.Context, string, time.Time, func(map[string]string, float64)) error {
	return errors.New("not asked")
}

func (h history) QueryRange(_ context.Context, expression string, from, to time.Time, step time.Duration, visit func(map[string]string, []time.Time, []float64)) error {
	series, known := h[expression]
	if !known {
		return errors.New("connection refused")
	}
	for name, value := range series {
		var at []time.Time
		var values []float64
		for t := from; !t.After(to); t = t.Add(step) {
			if v := value(to.Sub(t).Hours() / 24); !math.IsInf(v, -1) { // stands for no sample
				at, values = append(at, t), append(values, v)
			}
		}
		visit(map[string]string{"workload": name}, at, values)
	}
	return nil
}

func since(daysAgo, value float64, f func(float64) float64) func(float64) float64 {
	return func(d float64) float64 {
		if d > daysAgo {
			return math.Inf(-1)
		}
		return value + f(d)
	}
}

const gib = 1 << 30

func grown() history {
	return history{
		"node_cpu":    {"node-1": func(d float64) float64 { return 3 - d/100 }, "gone": func(float64) float64 { return 9 }},
		"node_memory": {"node-1": func(d float64) float64 { return 2*gib + gib*0.3*math.Sin(d*5) }},
		"cpu": {
			"user-service":    func(d float64) float64 { return 0.9 - d/50 },
			"order-service":   since(4, 0.1, func(float64) float64 { return 0 }),
			"payment-service": func(float64) float64 { return math.NaN() },
			"hungry-service":  func(d float64) float64 { return 2 - d/100 },
		},
		"memory": {
			"user-service": func(d float64) float64 { return 0.1*gib + d*gib/1000 },
			"order-service": func(d float64) float64 {
				if d < 9 {
					return math.Inf(-1)
				}
				return 0.1 * gib
			},
		},
		"storage": {"postgres-data": func(d float64) float64 { return 9*gib - d*gib/5 }, "full": func(d float64) float64 { return 5*gib - d*gib/100 }},
	}
}

func source(h history) metrics.Source {
	q := func(key string) metrics.Query { return metrics.Query{Key: key, Expression: key} }
	return metrics.Source{Prometheus: h, Queries: metrics.Queries{CPU: q("cpu"), Memory: q("memory"), NodeCPU: q("node_cpu"), NodeMemory: q("node_memory"), Storage: q("storage")}}
}

func amounts(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}

func platform() []runtime.Object {
	limited := func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Containers[0].Resources = corev1.ResourceRequirements{Requests: amounts("100m", "64Mi"), Limits: amounts("400m", "128Mi")}
	}
	requesting := func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Containers[0].Resources.Requests = amounts("100m", "64Mi")
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}, Status: corev1.NodeStatus{Allocatable: amounts("4", "8Gi")}}
	claim := func(name, size string) *corev1.PersistentVolumeClaim {
		c := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace}}
		c.Status.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)}
		return c
	}
	return []runtime.Object{
		optest.Deployment("user-service", 3, limited), optest.Deployment("order-service", 2, limited), optest.Deployment("payment-service", 2, requesting),
		optest.Deployment("hungry-service", 1), optest.Autoscaler("user-service", 2, 6), node, claim("postgres-data", "10Gi"), claim("full", "5Gi"), claim("new", "1Gi"),
	}
}

func asked(t *testing.T, line string, d Deps, objects ...runtime.Object) (*k8sops.Result, error) {
	t.Helper()
	d.Platform = optest.TestPlatform()
	call, _ := optest.NewCall(t, Operations(d), line, objects...)
	return call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
}

func TestCapacity(t *testing.T) {
	result, err := asked(t, "capacity", Deps{Metrics: source(grown()), Plot: monitoring.DailyPNG}, platform()...)
	require.NoError(t, err)
	require.Len(t, result.Card.Files, 1)
	picture, err := png.Decode(bytes.NewReader(result.Card.Files[0].Content))
	require.NoError(t, err)
	require.Equal(t, 760, picture.Bounds().Dx())
	require.Less(t, len(result.Card.Files[0].Content), 200<<10)
	result.Card.Files = nil // its size is the library's affair
	optest.Golden(t, "capacity", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

func TestCapacityWithoutAnswers(t *testing.T) {
	catalogue, err := messages.Load()
	require.NoError(t, err)
	several := source(grown())
	several.Several = true
	for name, c := range map[string]struct {
		source metrics.Source
		says   string
	}{
		"no Prometheus":    {metrics.Source{}, "CPU is unknown: no Prometheus is configured (prometheus.url)."},
		"it is down":       {source(nil), "Storage is unknown: Prometheus gives no answer to prometheus.queries.storage: connection refused."},
		"several clusters": {several, "prometheus.queries.cpu does not name $cluster"},
		"nothing of ours":  {source(history{"cpu": {"x": func(float64) float64 { return 1 }}, "memory": {}, "node_cpu": {}, "node_memory": {}, "storage": {}}), "Memory is unknown: Prometheus has no such metric"},
		"no numbers":       {source(history{"cpu": {"user-service": func(float64) float64 { return math.NaN() }}}), "CPU: Prometheus has nothing of 4 of them."},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := asked(t, "capacity", Deps{Metrics: c.source, Plot: monitoring.DailyPNG}, platform()...)
			require.NoError(t, err)
			require.Equal(t, messages.ToneInfo, result.Card.Tone)
			require.Empty(t, result.Card.Files)
			if name != "no numbers" {
				require.Contains(t, optest.ShowCard(catalogue.Printer("en", messages.Plain()), result.Card), c.says)
			}
		})
	}
}

func TestCapacityWithoutPrometheusSaysWhatThereIs(t *testing.T) {
	result, err := asked(t, "capacity", Deps{Plot: monitoring.DailyPNG}, platform()...)
	require.NoError(t, err)
	optest.Golden(t, "capacity_no_prometheus", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}

func TestCapacityWithoutNodesOrPlot(t *testing.T) {
	d := Deps{Platform: optest.TestPlatform(), Metrics: source(grown()), Plot: func([]time.Time, []string, [][]float64) ([]byte, error) { return nil, errors.New("no ink") }}
	call, client := optest.NewCall(t, Operations(d), "capacity", platform()...)
	client.PrependReactor("list", "nodes", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "nodes"}, "", errors.New("no"))
	})
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	catalogue, err := messages.Load()
	require.NoError(t, err)
	text := optest.ShowCard(catalogue.Printer("en", messages.Plain()), result.Card)
	require.Contains(t, text, "Nodes are not looked at")
	require.Contains(t, text, "There is no plot: no ink")
	require.NotContains(t, text, "node-1")
}

func TestDaysThatMakeNoSense(t *testing.T) {
	for _, days := range []string{"0", "-1", "6", "366", "10000", "many", "99999999999999999999"} {
		_, _, err := cmdline.Parse(Operations(Deps{Platform: optest.TestPlatform()}), "capacity --days "+days)
		require.Equal(t, k8sops.CodeInvalid, k8sops.CodeOf(err), days)
	}
}

// A year of a thousand services fits into an answer, a screen and a few megabytes.
func TestAThousandServices(t *testing.T) {
	h, objects := history{"memory": {}, "node_cpu": {}, "node_memory": {}, "storage": {}, "cpu": {}}, []runtime.Object{}
	for i := range 1000 {
		name := fmt.Sprintf("service-%04d", i)
		h["cpu"][name] = func(d float64) float64 { return 1 - d/1000 }
		objects = append(objects, optest.Deployment(name, 2))
	}
	result, err := asked(t, "capacity --days 365", Deps{Metrics: source(h), Plot: monitoring.DailyPNG}, objects...)
	require.NoError(t, err)
	var rows int
	for _, s := range result.Card.Sections {
		if s.Table != nil {
			rows = len(s.Table.Rows)
		}
	}
	require.Equal(t, mostRows, rows)
	for _, days := range []int{7, 30, 60, 61, 365} {
		span := time.Duration(days) * 24 * time.Hour
		require.LessOrEqual(t, int(span/stepOf(span)), 250)
		require.LessOrEqual(t, int(span/spanOf(days)), mostPoints)
		require.GreaterOrEqual(t, int(span/spanOf(days)), 7)
	}
}
