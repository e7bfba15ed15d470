package catalog

import (
	"context"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/agefile"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/messages"
)

// The configuration of a whole platform is backed up with the generated rights, by a real API server's discovery.
func TestLiveTheConfigurationIsBackedUp(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	l := startLive(t, nil)
	_, plan, result, proof := l.do(t, k8sops.System, "backup config")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Len(t, plan.Warning, 1, "Secrets are left out")
	backups, err := backup.ListConfig(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	require.Len(t, backups, 1)
	require.False(t, backups[0].VerifiedAt.IsZero())
	deployments, err := l.cluster.Client().AppsV1().Deployments(l.namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for _, d := range deployments.Items {
		require.Contains(t, backups[0].Objects, backup.ObjectRef{APIVersion: "apps/v1", Kind: "Deployment", Name: d.Name})
	}
	for _, o := range backups[0].Objects {
		require.NotContains(t, []string{"Secret", "Pod", "ReplicaSet", "Event", "EndpointSlice", "Endpoints", "Lease"}, o.Kind)
	}
	t.Log(shownCard(t, result.Card))
}

// encrypted gives the platform backups that hold Secrets. The rights on these are those that /secret rotate takes already.
func (l *live) encrypted(t *testing.T) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	l.deps.Keys, err = agefile.Parse([]string{identity.Recipient().String()}, []string{identity.String()})
	require.NoError(t, err)
	l.ops = testCatalog(t, l.deps)
}

// What a slip has changed and deleted is brought back by a backup, by server-side apply with the generated rights; what came since stays, and the
// undo brings the slip back.
func TestLiveTheConfigurationIsRestored(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	l := startLive(t, nil)
	l.encrypted(t)
	l.settles(t, "user", "order", "payment")
	_, _, _, proof := l.do(t, k8sops.System, "backup config")
	require.True(t, proof.OK, "%v", proof.Summary)
	backups, err := backup.ListConfig(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	id := backups[0].ID

	ctx, api := t.Context(), l.cluster.Client()
	maps, deployments, services := api.CoreV1().ConfigMaps(l.namespace), api.AppsV1().Deployments(l.namespace), api.CoreV1().Services(l.namespace)
	before, err := services.Get(ctx, "user-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.NoError(t, services.Delete(ctx, "user-service", metav1.DeleteOptions{}))
	image := l.slips(t, "user-service")
	_, err = maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "later"}}, metav1.CreateOptions{})
	require.NoError(t, err)

	call, plan, _, proof := l.do(t, k8sops.System, "restore config "+id)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Contains(t, plan.Diff, "+ Service/user-service (created)")
	require.Contains(t, plan.Diff, "user-service:slipped")
	require.Equal(t, image, imageOf(ctx, t, l, "user-service"))
	after, err := services.Get(ctx, "user-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, before.Spec.Ports[0].Port, after.Spec.Ports[0].Port)
	require.Equal(t, before.Spec.Selector, after.Spec.Selector)
	_, err = maps.Get(ctx, "later", metav1.GetOptions{})
	require.NoError(t, err, "what is not in the backup is left alone")
	restarted, err := deployments.Get(ctx, "order-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.Contains(t, restarted.Spec.Template.Annotations, "kubectl.kubernetes.io/restartedAt")

	again := l.call(t, k8sops.System, "restore config "+id)
	same, err := again.Operation.Plan(ctx, again)
	require.NoError(t, err)
	require.True(t, same.NoOp, "%v\n%s", same.Summary, same.Diff)

	_, _, _, proof = l.do(t, k8sops.System, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "user-service:slipped", imageOf(ctx, t, l, "user-service"))
}

// slips gives a deployment another image and gives the one that it had.
func (l *live) slips(t *testing.T, name string) (image string) {
	t.Helper()
	deployments := l.cluster.Client().AppsV1().Deployments(l.namespace)
	d, err := deployments.Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	image = d.Spec.Template.Spec.Containers[0].Image
	d.Spec.Template.Spec.Containers[0].Image = name + ":slipped"
	_, err = deployments.Update(t.Context(), d, metav1.UpdateOptions{FieldManager: "kubectl-edit"})
	require.NoError(t, err)
	return image
}

func imageOf(ctx context.Context, t *testing.T, l *live, name string) string {
	t.Helper()
	d, err := l.cluster.Client().AppsV1().Deployments(l.namespace).Get(ctx, name, metav1.GetOptions{})
	require.NoError(t, err)
	return d.Spec.Template.Spec.Containers[0].Image
}

// A selector cannot be changed: the plan says so, and nothing is done.
func TestLiveWhatCannotBeRestoredIsSaidBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	l := startLive(t, nil)
	l.do(t, k8sops.System, "backup config")
	backups, err := backup.ListConfig(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	deployments := l.cluster.Client().AppsV1().Deployments(l.namespace)
	d, err := deployments.Get(t.Context(), "user-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.NoError(t, deployments.Delete(t.Context(), "user-service", metav1.DeleteOptions{}))
	other := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: d.Name, Labels: d.Labels}, Spec: d.Spec}
	other.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "other"}}
	other.Spec.Template.Labels = map[string]string{"app": "other"}
	_, err = deployments.Create(t.Context(), other, metav1.CreateOptions{})
	require.NoError(t, err)
	e := l.refused(t, "restore config "+backups[0].ID)
	require.Equal(t, "k8sops.restore_config.impossible", e.Message.ID)
	require.Equal(t, "k8sops.restore_config.immutable", e.List[0].ID)
	require.Equal(t, messages.Code("spec.selector"), messages.Code(e.List[0].Args["field"].S))

	call := l.call(t, k8sops.DBA, "restore config "+backups[0].ID)
	err = k8sops.Preflight(t.Context(), call.Client, call.Namespace, *call.Operation)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
}
