package optest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	metricsfake "k8s.io/metrics/pkg/client/clientset/versioned/fake"

	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// Update rewrites golden files.
var Update = flag.Bool("update", false, "rewrite golden files") //nolint:gochecknoglobals // a flag of the tests

// TestNamespace is where everything stands.
const TestNamespace = "ecommerce-k8s"

// TestNow is the time of the tests.
func TestNow() time.Time { return time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC) }

// TestPlatform is the handbook's platform at testNow, without waiting.
func TestPlatform() kube.Platform {
	p := kube.Handbook()
	p.Now = TestNow
	p.Poll = time.Millisecond
	p.Schedules = &Schedules{}
	return p
}

// NewCall parses line into a call over a fake cluster that holds objects.
func NewCall(t *testing.T, ops []k8sops.Operation, line string, objects ...runtime.Object) (*k8sops.Call, *fake.Clientset) {
	op, args, err := cmdline.Parse(ops, line)
	require.NoError(t, err)
	return newCall(op, args, objects)
}

func newCall(op *k8sops.Operation, args k8sops.Args, objects []runtime.Object) (*k8sops.Call, *fake.Clientset) {
	kube := NewFake(objects...)
	return &k8sops.Call{
		ID: "c0ffee42", Operation: op, Args: args, Cluster: "demo", Namespace: TestNamespace,
		Identity: k8sops.Identity{User: "zhaoliu@company.com", Groups: []string{"opsbot:development"}},
		Client:   &k8sops.Client{Kubernetes: kube, Metrics: metricsfake.NewSimpleClientset()},
		Now:      TestNow(),
	}, kube
}

// NewTypedCall is NewCall for what a form asks for: the secrets are those that were typed into it.
func NewTypedCall(t *testing.T, ops []k8sops.Operation, line string, typed k8sops.Secrets, objects ...runtime.Object) (*k8sops.Call, *fake.Clientset) {
	t.Helper()
	op, args, err := cmdline.Parse(ops, line)
	if missing, ok := errors.AsType[*cmdline.Missing](err); ok {
		op, args, err = missing.Operation, missing.Given, nil
	}
	require.NoError(t, err)
	call, kube := newCall(op, args, objects)
	call.Secrets = typed
	for name := range typed {
		call.Args[name] = k8sops.Typed
	}
	return call, kube
}

// NewFake is a fake clientset that knows the scale subresource and dry runs, which client-go's does not, and whose
// rollouts and Jobs are over at once.
func NewFake(objects ...runtime.Object) *fake.Clientset {
	kube := fake.NewClientset(objects...)
	kube.PrependReactor("create", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		create := action.(clienttesting.CreateActionImpl)
		if job, ok := create.Object.(*batchv1.Job); ok {
			complete(job)
		}
		if d, ok := create.Object.(*appsv1.Deployment); ok {
			settle(d)
		}
		return len(create.CreateOptions.DryRun) > 0, create.Object, nil
	})
	kube.PrependReactor("update", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		update := action.(clienttesting.UpdateActionImpl)
		return len(update.UpdateOptions.DryRun) > 0, update.Object, nil
	})
	kube.PrependReactor("delete", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		return len(action.(clienttesting.DeleteActionImpl).DeleteOptions.DryRun) > 0, nil, nil
	})
	kube.PrependReactor("patch", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		patch := action.(clienttesting.PatchActionImpl)
		if len(patch.PatchOptions.DryRun) > 0 {
			return dryRunPatch(kube, patch)
		}
		patch.Subresource = ""
		_, object, err := clienttesting.ObjectReaction(kube.Tracker())(patch)
		if err != nil {
			return true, nil, err
		}
		switch o := object.(type) {
		case *appsv1.Deployment:
			settle(o)
		case *appsv1.StatefulSet:
			settleStatefulSet(o)
		}
		return true, object, kube.Tracker().Update(patch.Resource, object, patch.Namespace)
	})
	return kube
}

// dryRunPatch applies a patch to a throw-away copy.
func dryRunPatch(kube *fake.Clientset, patch clienttesting.PatchActionImpl) (bool, runtime.Object, error) {
	object, err := kube.Tracker().Get(patch.Resource, patch.Namespace, patch.Name)
	if err != nil {
		return true, nil, err
	}
	scratch := fake.NewClientset(object.DeepCopyObject())
	patch.PatchOptions.DryRun, patch.Subresource = nil, ""
	_, object, err = clienttesting.ObjectReaction(scratch.Tracker())(patch)
	return true, object, err
}

// Deployment is a backend deployment that is rolled out.
func Deployment(name string, replicas int32, options ...func(*appsv1.Deployment)) *appsv1.Deployment {
	labels := map[string]string{"app": name, "tier": "backend"}
	d := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: TestNamespace, UID: types.UID("uid-" + name), Labels: labels, ResourceVersion: "7", Generation: 1,
			Annotations: map[string]string{"deployment.kubernetes.io/revision": "2"},
		},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: name, Image: name + ":1.0"}}},
			},
		},
	}
	settle(d)
	for _, option := range options {
		option(d)
	}
	return d
}

// StatefulSet is a stateful set that is rolled out.
func StatefulSet(name string, replicas int32) *appsv1.StatefulSet {
	d := Deployment(name, replicas)
	s := &appsv1.StatefulSet{ObjectMeta: d.ObjectMeta, Spec: appsv1.StatefulSetSpec{Replicas: &replicas, Selector: d.Spec.Selector, Template: d.Spec.Template}}
	s.Spec.UpdateStrategy.Type = appsv1.RollingUpdateStatefulSetStrategyType
	settleStatefulSet(s)
	return s
}

func settleStatefulSet(s *appsv1.StatefulSet) {
	n := *s.Spec.Replicas
	s.Status = appsv1.StatefulSetStatus{
		ObservedGeneration: max(1, s.Generation), Replicas: n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n, CurrentReplicas: n,
	}
}

// DaemonSet is a daemon set that is rolled out on some nodes.
func DaemonSet(name string, nodes int32) *appsv1.DaemonSet {
	d := Deployment(name, 1)
	s := &appsv1.DaemonSet{ObjectMeta: d.ObjectMeta, Spec: appsv1.DaemonSetSpec{Selector: d.Spec.Selector, Template: d.Spec.Template}}
	s.Spec.UpdateStrategy.Type = appsv1.RollingUpdateDaemonSetStrategyType
	s.Status = appsv1.DaemonSetStatus{
		ObservedGeneration: 1, DesiredNumberScheduled: nodes, CurrentNumberScheduled: nodes, UpdatedNumberScheduled: nodes, NumberReady: nodes, NumberAvailable: nodes,
	}
	return s
}

// CronJob is a cron job whose last job succeeded.
func CronJob(name string) *batchv1.CronJob {
	d := Deployment(name, 1)
	c := &batchv1.CronJob{ObjectMeta: d.ObjectMeta, Spec: batchv1.CronJobSpec{Schedule: "0 3 * * *"}}
	c.Spec.JobTemplate.Spec.Template = d.Spec.Template
	return c
}

// complete makes the status say that the Job has succeeded, after ninety seconds.
func complete(job *batchv1.Job) {
	began, ended := metav1.NewTime(TestNow()), metav1.NewTime(TestNow().Add(90*time.Second))
	job.UID = types.UID("uid-" + job.Name)
	job.Status = batchv1.JobStatus{StartTime: &began, CompletionTime: &ended, Succeeded: 1, Conditions: []batchv1.JobCondition{
		{Type: batchv1.JobComplete, Status: corev1.ConditionTrue, LastTransitionTime: ended},
	}}
}

// settle makes the status say what the specification wants.
func settle(d *appsv1.Deployment) {
	n := *d.Spec.Replicas
	d.Status = appsv1.DeploymentStatus{
		ObservedGeneration: d.Generation, Replicas: n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n,
	}
}

// Autoscaler scales a deployment between two counts, and reads its metric.
func Autoscaler(target string, least, most int32) *autoscalingv2.HorizontalPodAutoscaler {
	return &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Name: target + "-hpa", Namespace: TestNamespace},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: target},
			MinReplicas:    &least, MaxReplicas: most,
		},
		Status: autoscalingv2.HorizontalPodAutoscalerStatus{Conditions: []autoscalingv2.HorizontalPodAutoscalerCondition{
			{Type: autoscalingv2.AbleToScale, Status: corev1.ConditionTrue}, {Type: autoscalingv2.ScalingActive, Status: corev1.ConditionTrue},
		}},
	}
}

// ReplicaSet is a revision of a deployment.
func ReplicaSet(d *appsv1.Deployment, revision, image, cause string) *appsv1.ReplicaSet {
	controller := true
	template := *d.Spec.Template.DeepCopy()
	template.Spec.Containers[0].Image = image
	template.Labels["pod-template-hash"] = "hash" + revision
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: d.Name + "-hash" + revision, Namespace: d.Namespace, Labels: template.Labels, UID: types.UID("rs-" + revision),
			CreationTimestamp: metav1.NewTime(TestNow().Add(-time.Hour)),
			Annotations:       map[string]string{"deployment.kubernetes.io/revision": revision, "kubernetes.io/change-cause": cause},
			OwnerReferences:   []metav1.OwnerReference{{Kind: "Deployment", Name: d.Name, UID: d.UID, Controller: &controller}},
		},
		Spec: appsv1.ReplicaSetSpec{Replicas: d.Spec.Replicas, Selector: d.Spec.Selector, Template: template},
	}
}

// RecordedProgress keeps what was reported and shown.
type RecordedProgress struct {
	reports []string
	Shown   []messages.Card
}

// Show implements k8sops.Progress.
func (p *RecordedProgress) Show(card messages.Card) { p.Shown = append(p.Shown, card) }

// Report implements k8sops.Progress.
func (p *RecordedProgress) Report(done, total int, what messages.Text) {
	p.reports = append(p.reports, fmt.Sprintf("%d/%d %s", done, total, what.ID))
}

// RunAll does what the handlers do with a call: a read is answered, a change is planned, made and verified.
func RunAll(ctx context.Context, call *k8sops.Call) (*k8sops.Plan, *k8sops.Result, *k8sops.Verification, error) {
	op := call.Operation
	if op.Answer != nil {
		result, err := op.Answer(ctx, call, &RecordedProgress{})
		return nil, result, nil, err
	}
	plan, err := op.Plan(ctx, call)
	if err != nil || plan.NoOp {
		return plan, nil, nil, err
	}
	if err := Do(ctx, call, plan); err != nil {
		return plan, nil, nil, err
	}
	result, err := op.Report(call, plan)
	if err != nil {
		return plan, nil, nil, err
	}
	proof, err := op.Verify(ctx, call, plan, &RecordedProgress{})
	return plan, result, proof, err
}

// Do takes all steps of a planned call.
func Do(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan) error {
	for _, step := range call.Operation.Steps {
		if err := step.Do(ctx, call, plan, &RecordedProgress{}, false); err != nil {
			return err
		}
	}
	return nil
}

// UndoLine is the command line that takes a call back, "" where there is none.
// others are the operations, beside its own, that may do it.
func UndoLine(t *testing.T, call *k8sops.Call, plan *k8sops.Plan, others ...k8sops.Operation) string {
	t.Helper()
	if call.Operation.Undo == nil {
		return ""
	}
	back, err := call.Operation.Undo(call, plan)
	require.NoError(t, err)
	return back.Line(append(others, *call.Operation))
}

// Golden compares text with testdata/name in English and Chinese.
func Golden(t *testing.T, name string, show func(p *messages.Printer) string) {
	t.Helper()
	catalogue, err := messages.Load()
	require.NoError(t, err)
	var b strings.Builder
	for _, locale := range messages.Locales() {
		fmt.Fprintf(&b, "== %s\n%s\n", locale, show(catalogue.Printer(locale, messages.Plain())))
	}
	require.NotContains(t, b.String(), "[k8sops.", "a text is missing")
	require.NotContains(t, b.String(), "<no value>", "a text lacks an argument")
	path := filepath.Join("testdata", name+".golden")
	if *Update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// ShowPlan writes a plan as text.
func ShowPlan(p *messages.Printer, plan *k8sops.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s [%s]\n", p.Text(plan.Summary), plan.Danger)
	for _, c := range plan.Changes {
		fmt.Fprintf(&b, "  %s %s: %s -> %s\n", c.Object, c.Field, c.From, c.To)
	}
	for _, w := range plan.Warning {
		fmt.Fprintf(&b, "  ! %s\n", p.Text(w))
	}
	return b.String() + plan.Diff
}

// ShowCard writes a card as text.
func ShowCard(p *messages.Printer, c messages.Card) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s] %s\n", c.Tone, p.Text(c.Title))
	for _, f := range c.Facts {
		fmt.Fprintf(&b, "  %s: %s\n", p.Text(f.Label), p.Text(f.Value))
	}
	for _, s := range c.Sections {
		showSection(&b, p, s)
	}
	for _, f := range c.Footer {
		fmt.Fprintf(&b, "  -- %s\n", p.Text(f))
	}
	for _, f := range c.Files {
		fmt.Fprintf(&b, "  file %s (%s), %d bytes\n", f.Name, p.Text(f.Title), len(f.Content))
	}
	return b.String()
}

func showSection(b *strings.Builder, p *messages.Printer, s messages.Section) {
	texts := func(row []messages.Text) string {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = p.Text(cell)
		}
		return strings.Join(cells, " | ")
	}
	switch {
	case s.Text != nil:
		fmt.Fprintf(b, "  %s\n", p.Text(*s.Text))
	case s.Table != nil:
		header := make([]messages.Text, len(s.Table.Columns))
		for i, c := range s.Table.Columns {
			header[i] = c.Title
		}
		fmt.Fprintf(b, "  # %s\n", texts(header))
		for _, row := range s.Table.Rows {
			fmt.Fprintf(b, "  | %s\n", texts(row))
		}
	case s.Code != nil:
		fmt.Fprintf(b, "%s\n", s.Code.Content)
	case s.Finding != nil:
		run := ""
		if s.Finding.Action != nil {
			run = " => " + s.Finding.Action.Value
		}
		fmt.Fprintf(b, "  (%s) %s%s\n", s.Finding.Tone, p.Text(s.Finding.Text), run)
	}
	for _, item := range s.List {
		fmt.Fprintf(b, "  * %s\n", p.Text(item))
	}
}

// MessageID is the id of an answer's text.
func MessageID(t *testing.T, err error) string {
	t.Helper()
	e, ok := AsError(err)
	require.True(t, ok, "%v is no *Error", err)
	return e.Message.ID
}

// AsError finds the answer to a person in an error.
func AsError(err error) (*k8sops.Error, bool) { return errors.AsType[*k8sops.Error](err) }
