package backup

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// onceBackedUp is a cluster of which a backup was made, and then something was changed.
func onceBackedUp(t *testing.T, d Deps) (*k8sops.Call, Backup) {
	t.Helper()
	call, kube := optest.NewCall(t, Operations(d), "backup config", typedOnly(configObjects())...)
	client := wire(t, call, kube, configObjects())
	optest.GrantOnly(kube, call, func(*authorizationv1.ResourceAttributes) bool { return true })
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)

	maps := corev1.SchemeGroupVersion.WithResource("configmaps")
	changed := configMap("settings", map[string]string{"LOG_LEVEL": "debug", "NEW": "1"})
	require.NoError(t, client.Tracker().Update(maps, untyped(t, changed), optest.TestNamespace))
	require.NoError(t, kube.Tracker().Update(maps, changed, optest.TestNamespace))
	secrets := corev1.SchemeGroupVersion.WithResource("secrets")
	require.NoError(t, client.Tracker().Delete(secrets, optest.TestNamespace, "app-db"))
	require.NoError(t, client.Tracker().Create(maps, untyped(t, configMap("later", nil)), optest.TestNamespace))
	return call, backedUpConfig(t, d)
}

func typedOnly(objects []runtime.Object) (typed []runtime.Object) {
	for _, o := range objects {
		if _, custom := o.(*unstructured.Unstructured); !custom {
			typed = append(typed, o)
		}
	}
	return typed
}

// asks is the same cluster, asked for something else.
func asks(t *testing.T, d Deps, call *k8sops.Call, line string) *k8sops.Call {
	t.Helper()
	op, args, err := cmdline.Parse(Operations(d), line)
	require.NoError(t, err)
	next := *call
	next.Operation, next.Args, next.ID = op, args, "feedface"
	return &next
}

func liveMap(t *testing.T, call *k8sops.Call, name string) map[string]string {
	t.Helper()
	o, err := call.Client.Dynamic.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(optest.TestNamespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	data, _, err := unstructured.NestedStringMap(o.Object, "data")
	require.NoError(t, err)
	return data
}

func TestTheConfigurationIsRestored(t *testing.T) {
	d := encryptedBackups(t)
	call, b := onceBackedUp(t, d)
	call = asks(t, d, call, "restore config "+b.ID)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Destructive, plan.Danger)
	require.NotContains(t, plan.Diff, "debug", "values of a ConfigMap may be secret")
	require.NotContains(t, string(plan.State), "correct-horse")
	require.Equal(t, "info", contents(t, d, b)["ConfigMap/settings"].Object["data"].(map[string]any)["LOG_LEVEL"])

	require.NoError(t, optest.Do(t.Context(), call, plan))
	require.NoError(t, optest.Do(t.Context(), call, plan), "steps can be done again")
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, map[string]string{"LOG_LEVEL": "info", "NEW": "1"}, liveMap(t, call, "settings"))
	result, err := call.Operation.Report(call, plan)
	require.NoError(t, err)
	list, err := ListConfig(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.Contains(t, optest.UndoLine(t, call, plan), "restore config 20260302-093000-feedfa")
	require.Len(t, list, 2, "the safety backup")
	optest.Golden(t, "restore-config", func(p *messages.Printer) string {
		return optest.ShowPlan(p, plan) + optest.ShowCard(p, result.Card) + p.Text(proof.Summary) + "\n"
	})

	again, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.True(t, again.NoOp)
}

func TestOneObjectIsRestored(t *testing.T) {
	d := encryptedBackups(t)
	call, b := onceBackedUp(t, d)
	call = asks(t, d, call, "restore config "+b.ID+" --only secrets/app-db")
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, "+ Secret/app-db (created)\n", plan.Diff)
	require.Equal(t, "debug", liveMap(t, call, "settings")["LOG_LEVEL"])
}

func TestWhatARestoreRefuses(t *testing.T) {
	d := encryptedBackups(t)
	call, b := onceBackedUp(t, d)
	other := b
	other.ID, other.Namespace, other.Object = "20250101-000000-abcdef", "shop", ConfigKind.prefix("east", "shop")+"config-20250101-000000-abcdef"+configSuffix
	require.NoError(t, other.Save(t.Context(), d.Backups))
	twin := b
	twin.ID, twin.Object = b.ID[:len(b.ID)-1]+"0", b.Object[:len(b.Object)-len(configSuffix)-len(sealedSuffix)-1]+"0"+configSuffix+sealedSuffix
	require.NoError(t, twin.Save(t.Context(), d.Backups))
	putBackup(t, d.Backups, -1)
	for line, want := range map[string]string{
		"restore config 1999": "k8sops.backups.unknown", "restore config 20260302": "k8sops.restore_config.ambiguous",
		"restore config 20250101": "k8sops.restore_config.elsewhere", "restore config 20260301": "k8sops.restore_config.is_database",
		"restore config " + b.ID + " --only configmap/setings": "k8sops.restore_config.unknown_object",
		"restore config " + b.ID + " --only settings":          "k8sops.restore_config.unknown_object",
	} {
		call := asks(t, d, call, line)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err), line)
	}
	call = asks(t, d, call, "restore config "+b.ID)
	unread := d
	unread.Keys = nil
	blind := asks(t, unread, call, "restore config "+b.ID)
	_, err := blind.Operation.Plan(t.Context(), blind)
	require.Equal(t, "k8sops.backup.unreadable", optest.MessageID(t, err))
	b.SHA256 = "00"
	require.NoError(t, b.Save(t.Context(), d.Backups))
	_, err = call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.backup.checksum", optest.MessageID(t, err))
}

func TestAFieldThatCannotBeChangedIsNamedBeforeAnythingIsDone(t *testing.T) {
	d := encryptedBackups(t)
	call, b := onceBackedUp(t, d)
	call.Client.Dynamic.(interface {
		PrependReactor(verb, resource string, reaction clienttesting.ReactionFunc)
	}).PrependReactor("patch", "configmaps", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewInvalid(schema.GroupKind{Kind: "ConfigMap"}, "settings", field.ErrorList{field.Invalid(field.NewPath("data"), "hunter2", "field is immutable when `immutable` is set")})
	})
	call = asks(t, d, call, "restore config "+b.ID)
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.restore_config.impossible", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Equal(t, "k8sops.restore_config.immutable", e.List[0].ID)
	require.Equal(t, "data", e.List[0].Args["field"].S)
	require.NotContains(t, e.Error(), "hunter2")
}

func TestAMissingRightIsARefusal(t *testing.T) {
	d := encryptedBackups(t)
	call, b := onceBackedUp(t, d)
	kube := call.Client.Kubernetes.(interface {
		PrependReactor(verb, resource string, reaction clienttesting.ReactionFunc)
	})
	kube.PrependReactor("create", "selfsubjectaccessreviews", func(a clienttesting.Action) (bool, runtime.Object, error) {
		review := a.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview).DeepCopy()
		review.Status.Allowed = review.Spec.ResourceAttributes.Resource != "discounts"
		return true, review, nil
	})
	call = asks(t, d, call, "restore config "+b.ID)
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
	require.Equal(t, "k8sops.access.denied", optest.MessageID(t, err))
}

func TestAKindThatIsGoneIsNamed(t *testing.T) {
	d := encryptedBackups(t)
	call, b := onceBackedUp(t, d)
	call.Client.Kubernetes.(*fake.Clientset).Resources = served()[:2]
	call = asks(t, d, call, "restore config "+b.ID)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	at := slices.IndexFunc(plan.Warning, func(text messages.Text) bool { return text.ID == "k8sops.restore_config.gone" })
	require.GreaterOrEqual(t, at, 0)
	require.Equal(t, "Discount/summer", plan.Warning[at].Args["objects"].S)
}

func TestAChangeSinceThePlanStopsARestore(t *testing.T) {
	d := encryptedBackups(t)
	call, b := onceBackedUp(t, d)
	call = asks(t, d, call, "restore config "+b.ID)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	changed := configMap("settings", map[string]string{"LOG_LEVEL": "trace"})
	require.NoError(t, call.Client.Kubernetes.(*fake.Clientset).Tracker().Update(corev1.SchemeGroupVersion.WithResource("configmaps"), changed, optest.TestNamespace))
	err = optest.Do(t.Context(), call, plan)
	require.Equal(t, k8sops.CodeConflict, k8sops.CodeOf(err))
	require.Equal(t, "debug", liveMap(t, call, "settings")["LOG_LEVEL"])
}
