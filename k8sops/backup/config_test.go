package backup

import (
	"bytes"
	"errors"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/agefile"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// served is what the fake cluster serves.
func served() []*metav1.APIResourceList {
	all := metav1.Verbs{"list", "get", "create", "patch"}
	return []*metav1.APIResourceList{
		{GroupVersion: "v1", APIResources: []metav1.APIResource{
			{Name: "configmaps", Kind: "ConfigMap", Namespaced: true, Verbs: all}, {Name: "secrets", Kind: "Secret", Namespaced: true, Verbs: all},
			{Name: "services", Kind: "Service", Namespaced: true, Verbs: all}, {Name: "pods", Kind: "Pod", Namespaced: true, Verbs: all},
			{Name: "nodes", Kind: "Node", Verbs: all}, {Name: "serviceaccounts", Kind: "ServiceAccount", Namespaced: true, Verbs: all},
		}},
		{GroupVersion: "apps/v1", APIResources: []metav1.APIResource{
			{Name: "deployments", Kind: "Deployment", Namespaced: true, Verbs: all}, {Name: "deployments/scale", Kind: "Scale", Namespaced: true, Verbs: all},
			{Name: "replicasets", Kind: "ReplicaSet", Namespaced: true, Verbs: all},
		}},
		{GroupVersion: "shop.example.com/v1", APIResources: []metav1.APIResource{{Name: "discounts", Kind: "Discount", Namespaced: true, Verbs: all}}},
		{GroupVersion: "metrics.k8s.io/v1", APIResources: []metav1.APIResource{{Name: "pods", Kind: "PodMetrics", Namespaced: true, Verbs: metav1.Verbs{"get", "list"}}}},
	}
}

func discount() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "shop.example.com/v1", "kind": "Discount", "metadata": map[string]any{"name": "summer", "namespace": optest.TestNamespace, "uid": "d"},
		"spec": map[string]any{"percent": int64(20)},
	}}
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace, UID: types.UID(name), ResourceVersion: "4",
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}}, Data: data}
}

func configObjects() []runtime.Object {
	owned := configMap("made-by-operator", nil)
	owned.OwnerReferences = []metav1.OwnerReference{{Kind: "Discount", Name: "summer", UID: "d"}}
	return []runtime.Object{
		configMap("settings", map[string]string{"LOG_LEVEL": "info"}), configMap("kube-root-ca.crt", nil), owned,
		optest.Secret("app-db", map[string]string{"password": "correct-horse"}),
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: optest.TestNamespace}},
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot", Namespace: optest.TestNamespace}},
		&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "user", Namespace: optest.TestNamespace}, Spec: corev1.ServiceSpec{ClusterIP: "10.0.0.7", ClusterIPs: []string{"10.0.0.7"}}},
		optest.Deployment("user-service", 2), optest.ReadyPod("user-service"), discount(),
	}
}

// configCall is a call on a fake cluster with a wire for every kind.
func configCall(t *testing.T, d Deps, line string, objects ...runtime.Object) (*k8sops.Call, *dynamicfake.FakeDynamicClient) {
	t.Helper()
	var typed []runtime.Object
	for _, o := range objects {
		if _, custom := o.(*unstructured.Unstructured); !custom {
			typed = append(typed, o)
		}
	}
	call, kube := optest.NewCall(t, Operations(d), line, typed...)
	return call, wire(t, call, kube, objects)
}

func wire(t *testing.T, call *k8sops.Call, kube *fake.Clientset, objects []runtime.Object) *dynamicfake.FakeDynamicClient {
	t.Helper()
	kube.Resources = served()
	lists := map[schema.GroupVersionResource]string{}
	for _, list := range served() {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(t, err)
		for _, r := range list.APIResources {
			lists[version.WithResource(r.Name)] = r.Kind + "List"
		}
	}
	var wired []runtime.Object
	for _, o := range objects {
		wired = append(wired, untyped(t, o))
	}
	client := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, wired...)
	client.PrependReactor("patch", "*", applied(client))
	call.Client.Dynamic = client
	return client
}

// untyped is an object as a wire without types has it.
func untyped(t *testing.T, o runtime.Object) *unstructured.Unstructured {
	t.Helper()
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	require.NoError(t, err)
	u := &unstructured.Unstructured{Object: fields}
	if u.GetKind() == "" {
		kinds, _, err := scheme.Scheme.ObjectKinds(o)
		require.NoError(t, err)
		u.SetGroupVersionKind(kinds[0])
	}
	return u
}

func backedUpConfig(t *testing.T, d Deps) Backup {
	t.Helper()
	list, err := ListConfig(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list[0]
}

func encryptedBackups(t *testing.T) Deps {
	t.Helper()
	d := testBackups(t)
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	d.Keys, err = agefile.Parse([]string{identity.Recipient().String()}, []string{identity.String()})
	require.NoError(t, err)
	return d
}

// contents are the objects of a backup, by name.
func contents(t *testing.T, d Deps, b Backup) map[string]*unstructured.Unstructured {
	t.Helper()
	found := map[string]*unstructured.Unstructured{}
	require.NoError(t, d.readObjects(t.Context(), &b, func(o *unstructured.Unstructured) error {
		found[refOf(o).String()] = o
		return nil
	}))
	return found
}

func TestABackupOfTheConfigurationHoldsWhatPeopleMade(t *testing.T) {
	d := encryptedBackups(t)
	call, _ := configCall(t, d, "backup config", configObjects()...)
	plan, result, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Empty(t, plan.Warning)
	b := backedUpConfig(t, d)
	require.Equal(t, []ObjectRef{
		{"v1", "ServiceAccount", "robot"}, {"v1", "ConfigMap", "settings"}, {"v1", "Secret", "app-db"}, {"v1", "Service", "user"},
		{"apps/v1", "Deployment", "user-service"}, {"shop.example.com/v1", "Discount", "summer"},
	}, b.Objects, "in the order in which they are restored")
	require.False(t, b.VerifiedAt.IsZero())
	require.Empty(t, b.LeftOut)

	objects := contents(t, d, b)
	require.Equal(t, map[string]any{"name": "settings", "namespace": optest.TestNamespace}, objects["ConfigMap/settings"].Object["metadata"])
	require.NotContains(t, objects["Deployment/user-service"].Object, "status")
	require.Empty(t, objects["Deployment/user-service"].GetAnnotations(), "the revision is the controller's")
	_, has, err := unstructured.NestedFieldNoCopy(objects["Service/user"].Object, "spec", "clusterIP")
	require.NoError(t, err)
	require.False(t, has)

	stored, err := d.Backups.Open(t.Context(), b.Object)
	require.NoError(t, err)
	raw := &bytes.Buffer{}
	_, err = raw.ReadFrom(stored)
	require.NoError(t, errors.Join(err, stored.Close()))
	require.True(t, agefile.IsEncrypted(raw.Bytes()))
	b.ID, b.SHA256 = "20260302-093000-c0ffee", "3d5a"
	optest.Golden(t, "backup-config", func(p *messages.Printer) string {
		return optest.ShowPlan(p, plan) + p.Text(result.Card.Title) + "\n" + p.Text(result.Card.Footer[0]) + "\n" + p.Text(proof.Summary) + "\n"
	})
}

func TestSecretsStayOutOfABackupThatIsNotEncrypted(t *testing.T) {
	d := testBackups(t)
	call, client := configCall(t, d, "backup config", configObjects()...)
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	b := backedUpConfig(t, d)
	require.Equal(t, []LeftOut{{"secrets", NotEncrypted}}, b.LeftOut)
	require.NotContains(t, contents(t, d, b), "Secret/app-db")
	require.Equal(t, "k8sops.backup_config.no_secrets", plan.Warning[0].ID, "which stands in the answer too")
	for _, a := range client.Actions() {
		require.NotEqual(t, "secrets", a.GetResource().Resource, "they are not even read")
	}
}

func TestWhatMayNotBeListedIsNamed(t *testing.T) {
	d := testBackups(t)
	call, client := configCall(t, d, "backup config", configObjects()...)
	client.PrependReactor("list", "discounts", func(a clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(a.GetResource().GroupResource(), "", errors.New("no"))
	})
	_, result, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.Contains(t, backedUpConfig(t, d).LeftOut, LeftOut{"discounts.shop.example.com", NotAllowed})
	require.Equal(t, "discounts.shop.example.com", result.Card.Footer[0].Args["kinds"].S)
}

func TestAChangedBackupOfTheConfigurationIsNotVerified(t *testing.T) {
	d := testBackups(t)
	call, _ := configCall(t, d, "backup config", configObjects()...)
	plan, _, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	b := backedUpConfig(t, d)
	b.Objects = b.Objects[1:]
	require.NoError(t, b.Save(t.Context(), d.Backups))
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
	put(t, d.Backups, b.Object, "not zstd at all")
	proof, err = call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
}

func TestBackupsListBothKindsAndPruneEachByItself(t *testing.T) {
	d := testBackups(t)
	putBackup(t, d.Backups, -20)
	call, _ := configCall(t, d, "backup config", configObjects()...)
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	list, _ := optest.NewCall(t, Operations(d), "backups")
	listed, err := list.Operation.Answer(t.Context(), list, &optest.RecordedProgress{})
	require.NoError(t, err)
	rows := listed.Card.Sections[0].Table.Rows
	require.Equal(t, "k8sops.backups.kind.config", rows[0][1].ID)
	require.Equal(t, "k8sops.backups.kind.database", rows[1][1].ID)
	removed, err := Prune(t.Context(), d.Backups, "demo", optest.TestNamespace, 1, optest.TestNow().AddDate(1, 0, 0))
	require.NoError(t, err)
	require.Empty(t, removed, "the newest verified one of each kind stays")
}

// applied is a server-side apply, which the fake has not: it makes an object, or lays what is applied over it.
func applied(client *dynamicfake.FakeDynamicClient) clienttesting.ReactionFunc {
	return func(action clienttesting.Action) (bool, runtime.Object, error) {
		patch := action.(clienttesting.PatchActionImpl)
		if patch.PatchType != types.ApplyPatchType {
			return false, nil, nil
		}
		o := &unstructured.Unstructured{}
		if err := o.UnmarshalJSON(patch.Patch); err != nil {
			return true, nil, err
		}
		found, err := client.Tracker().Get(patch.Resource, patch.Namespace, patch.Name)
		if err == nil {
			now, err := runtime.DefaultUnstructuredConverter.ToUnstructured(found)
			if err != nil {
				return true, nil, err
			}
			o.Object = merged(now, o.Object)
		}
		if len(patch.PatchOptions.DryRun) > 0 {
			return true, o, nil
		}
		if apierrors.IsNotFound(err) {
			return true, o, client.Tracker().Create(patch.Resource, o, patch.Namespace)
		}
		return true, o, client.Tracker().Update(patch.Resource, o, patch.Namespace)
	}
}

func merged(now, wanted map[string]any) map[string]any {
	result := runtime.DeepCopyJSON(now)
	for key, value := range wanted {
		inner, isMap := value.(map[string]any)
		old, wasMap := result[key].(map[string]any)
		if isMap && wasMap {
			value = merged(old, inner)
		}
		result[key] = value
	}
	return result
}
