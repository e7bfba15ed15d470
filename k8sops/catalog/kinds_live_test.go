package catalog

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/rbac"
	"opsbot/messages"
)

// startKinds is a platform with a workload of every kind beside it.
func startKinds(t *testing.T) *live {
	l := startLive(t, nil)
	l.apply(t, "testdata/kinds.yaml")
	l.settles(t, "ledger", "node-agent")
	return l
}

func (l *live) apply(t *testing.T, file string) {
	t.Helper()
	manifest, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, l.cluster.Apply(t.Context(), manifest, l.namespace))
}

func (l *live) settles(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		_, _, result, _ := l.do(t, k8sops.System, "rollout status "+name)
		require.Equal(t, messages.ToneGood, result.Card.Tone, "%s: %v", name, result.Card.Title)
	}
}

// refused is the answer to a line that the operation does not work on.
func (l *live) refused(t *testing.T, line string) *k8sops.Error {
	t.Helper()
	call := l.call(t, k8sops.System, line)
	_, _, _, err := optest.RunAll(t.Context(), call)
	e, ok := optest.AsError(err)
	require.True(t, ok, "%s: %v", line, err)
	return e
}

func shownCard(t *testing.T, card messages.Card) string {
	t.Helper()
	catalogue, err := messages.Load()
	require.NoError(t, err)
	return optest.ShowCard(catalogue.Printer("en", messages.Plain()), card)
}

func TestLiveAStatefulSetIsScaledRestartedDeployedAndRolledBack(t *testing.T) {
	l := startKinds(t)
	call, plan, _, proof := l.do(t, k8sops.Development, "scale ledger 3")
	require.True(t, proof.OK)
	require.Equal(t, "StatefulSet/ledger", plan.Targets[0].Key())
	_, _, _, proof = l.do(t, k8sops.Development, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK)
	_, _, _, proof = l.do(t, k8sops.Development, "rollout restart ledger")
	require.True(t, proof.OK)

	_, _, _, proof = l.do(t, k8sops.Development, "deploy ledger :bad")
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.rollout.stuck", proof.Summary.ID)
	_, _, status, _ := l.do(t, k8sops.Everyone, "status ledger")
	require.NotEqual(t, messages.ToneGood, status.Card.Tone)
	_, _, health, _ := l.do(t, k8sops.Everyone, "health")
	require.NotEqual(t, messages.ToneGood, health.Card.Tone, "nothing is green while a stateful set is down")
	_, _, _, proof = l.do(t, k8sops.Development, proof.Suggest[0])
	require.True(t, proof.OK, "%v", proof.Summary)
	_, _, history, _ := l.do(t, k8sops.Everyone, "rollout history ledger")
	require.Contains(t, shownCard(t, history.Card), "ledger:bad")
}

func TestLiveADaemonSetIsRolledOutButNotScaled(t *testing.T) {
	l := startKinds(t)
	e := l.refused(t, "scale agent 3")
	require.Equal(t, "k8sops.resolve.wrong_kind", e.Message.ID)
	require.Equal(t, "k8sops.resolve.about_daemon_set", e.Hint.ID)
	for _, line := range []string{"rollout restart agent", "deploy agent :1.1", "rollback agent"} {
		_, _, _, proof := l.do(t, k8sops.Development, line)
		require.True(t, proof.OK, "%s: %v", line, proof.Summary)
	}
	agent, err := l.cluster.Client().AppsV1().DaemonSets(l.namespace).Get(t.Context(), "node-agent", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, "node-agent:1.0", agent.Spec.Template.Spec.Containers[0].Image)
}

// The second rollback in a row does not bring back what the first one took away, whichever controller numbers the revisions.
func TestLiveARollbackIsNotTakenBackByTheNextOne(t *testing.T) {
	l := startKinds(t)
	l.settles(t, "user")
	for _, name := range []string{"user-service", "ledger", "node-agent"} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, "k8sops.rollback.no_history", l.refused(t, "rollback "+name).Message.ID)
			l.proven(t, "rollout restart "+name)
			require.Equal(t, "k8sops.rollback.no_history", l.refused(t, "rollback "+name).Message.ID, "a restart is nothing to go back from")
			nextSecond(t)
			_, undo := l.proven(t, "deploy "+name+" :1.8")
			l.proven(t, "rollback "+name)

			e := l.refused(t, "rollback "+name)
			require.Equal(t, "k8sops.rollback.no_further", e.Message.ID)
			require.Equal(t, []string{"rollout history " + name}, e.Suggest)
			_, _, history, _ := l.do(t, k8sops.Everyone, "rollout history "+name)
			require.NotContains(t, fmt.Sprint(history.Suggest), "rollback "+name+" "+fmt.Sprint(e.Message.Args["left"].N))
			call := l.call(t, k8sops.Development, fmt.Sprintf("rollback %s %d", name, e.Message.Args["left"].N))
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			require.Equal(t, "k8sops.rollback.brings_back", plan.Warning[0].ID)
			if name == "user-service" { // its controller notes the earlier number
				call = l.call(t, k8sops.Development, undo)
				plan, err = call.Operation.Plan(t.Context(), call)
				require.NoError(t, err)
				require.True(t, plan.NoOp, "what was undone with /rollback is undone already")
			}

			nextSecond(t)
			l.proven(t, "deploy "+name+" :1.9")
			l.proven(t, "rollback "+name)
			require.Equal(t, "k8sops.rollback.no_further", l.refused(t, "rollback "+name).Message.ID)
		})
	}
}

// nextSecond waits for the next one: that is how finely Kubernetes notes when a revision was made.
func nextSecond(t *testing.T) {
	t.Helper()
	began := time.Now().Unix()
	require.Eventually(t, func() bool { return time.Now().Unix() > began }, 2*time.Second, 20*time.Millisecond)
}

// proven does a line as a developer and gives its plan and the line that takes it back.
func (l *live) proven(t *testing.T, line string) (*k8sops.Plan, string) {
	t.Helper()
	call, plan, _, proof := l.do(t, k8sops.Development, line)
	require.True(t, proof.OK, "%s: %s %+v", line, proof.Summary.ID, proof.Summary.Args)
	return plan, optest.UndoLine(t, call, plan, l.ops...)
}

func TestLiveJobsAndCronJobs(t *testing.T) {
	l := startKinds(t)
	call, plan, _, proof := l.do(t, k8sops.Development, "deploy settlement :1.1")
	require.True(t, proof.OK)
	_, _, _, proof = l.do(t, k8sops.Development, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK)
	job, err := l.cluster.Client().BatchV1().CronJobs(l.namespace).Get(t.Context(), "settlement", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, "settlement:1.0", job.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Image)

	require.Equal(t, "k8sops.resolve.about_job", l.refused(t, "deploy import-prices :1.1").Hint.ID)
	require.Equal(t, "k8sops.resolve.about_cron_job", l.refused(t, "rollback settlement").Hint.ID)
	l.do(t, k8sops.Everyone, "logs import-prices --since 1h")
	l.do(t, k8sops.Everyone, "events import-prices")
	_, _, status, _ := l.do(t, k8sops.Everyone, "status")
	shown := shownCard(t, status.Card)
	for _, name := range []string{"sts/ledger", "ds/node-agent", "cj/settlement", "job/import-prices"} {
		require.Contains(t, shown, name)
	}
}

// What has a scale subresource is scaled, of whichever kind it is, where the person may.
func TestLiveACustomResourceIsScaled(t *testing.T) {
	l := startLive(t, nil, func(o *rbac.Options) { o.Kinds = []string{"gizmos.example.com"} })
	l.apply(t, "testdata/gizmo.yaml")
	api, err := dynamic.NewForConfig(l.cluster.AdminConfig())
	require.NoError(t, err)
	gizmos := api.Resource(schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "gizmos"}).Namespace(l.namespace)
	gizmo := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "example.com/v1", "kind": "Gizmo", "metadata": map[string]any{"name": "press"}, "spec": map[string]any{"size": int64(2)},
	}}
	require.Eventually(t, func() bool {
		_, err := gizmos.Create(t.Context(), gizmo, metav1.CreateOptions{})
		return err == nil
	}, 10*time.Second, 100*time.Millisecond)
	require.Equal(t, "k8sops.resolve.unknown", l.refused(t, "scale press 5").Message.ID, "what one may not see is not there")

	l.apply(t, "testdata/gizmo-role.yaml")
	call := l.call(t, k8sops.System, "scale press 5")
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "2", plan.Changes[0].From)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	now, err := gizmos.Get(t.Context(), "press", metav1.GetOptions{})
	require.NoError(t, err)
	size, _, _ := unstructured.NestedInt64(now.Object, "spec", "size")
	require.EqualValues(t, 5, size)
	require.Equal(t, "k8sops.resolve.wrong_kind", l.refused(t, "rollback press").Message.ID)
}
