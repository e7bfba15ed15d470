package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/catalog"
	"opsbot/k8sops/rbac"
	"opsbot/testcluster"
)

// newLiveFixture is a fixture on a real API server, with the platform and the generated rights in a namespace of its own.
func newLiveFixture(t *testing.T) (*fixture, *testcluster.Cluster) {
	t.Helper()
	c := testcluster.Shared(t)
	place := testcluster.NewNamespace(t)
	require.NoError(t, c.ApplyPlatform(t.Context(), testcluster.PlatformOptions{Namespace: place}))
	w := newFixture(t)
	w.liveCatalog()
	objects, err := rbac.Objects(w.Catalog, rbac.Options{
		Namespaces: []string{place}, BotNamespace: place, BotName: "bot-" + place, Users: []string{"zhangsan", "zhaoliu", "qianqi", "opsbot:observer"},
		Constrained: true,
	})
	require.NoError(t, err)
	for _, object := range objects {
		create(t, c.Client(), object)
	}
	config, err := c.ServiceAccountConfig(t.Context(), place, "bot-"+place)
	require.NoError(t, err)
	w.Clusters = k8sops.Clusters{{Name: "test", Namespace: place, Config: config}}
	w.Settings.RunLimit = 3 * time.Minute
	return w, c
}

// liveCatalog gives the fixture the operations for a real API server, and none beside them.
func (w *fixture) liveCatalog() {
	w.t.Helper()
	deps := catalog.Default()
	deps.Poll, deps.Schedules, deps.Runbooks = 100*time.Millisecond, w.store, w.store.Runbooks()
	var err error
	w.Catalog, err = catalog.New(deps)
	require.NoError(w.t, err)
}

// create makes one generated object. Cluster roles are the same for every test and may be there already.
func create(t *testing.T, kube kubernetes.Interface, object runtime.Object) {
	t.Helper()
	var err error
	var options metav1.CreateOptions
	switch o := object.(type) {
	case *corev1.ServiceAccount:
		_, err = kube.CoreV1().ServiceAccounts(o.Namespace).Create(t.Context(), o, options)
	case *rbacv1.ClusterRole:
		_, err = kube.RbacV1().ClusterRoles().Create(t.Context(), o, options)
	case *rbacv1.ClusterRoleBinding:
		_, err = kube.RbacV1().ClusterRoleBindings().Create(t.Context(), o, options)
	case *rbacv1.Role:
		_, err = kube.RbacV1().Roles(o.Namespace).Create(t.Context(), o, options)
	case *rbacv1.RoleBinding:
		_, err = kube.RbacV1().RoleBindings(o.Namespace).Create(t.Context(), o, options)
	case *admissionv1.ValidatingAdmissionPolicy:
		_, err = kube.AdmissionregistrationV1().ValidatingAdmissionPolicies().Create(t.Context(), o, options)
	case *admissionv1.ValidatingAdmissionPolicyBinding:
		_, err = kube.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Create(t.Context(), o, options)
	default:
		t.Fatalf("RBAC generates a %T", object)
	}
	if !apierrors.IsAlreadyExists(err) {
		require.NoError(t, err)
	}
}

func (w *fixture) liveReplicas(c *testcluster.Cluster, deployment string) (wanted, ready int32) {
	w.t.Helper()
	d, err := c.Client().AppsV1().Deployments(w.Clusters.Default().Namespace).Get(w.t.Context(), deployment, metav1.GetOptions{})
	require.NoError(w.t, err)
	return *d.Spec.Replicas, d.Status.ReadyReplicas
}

func TestLiveAViewerIsRefusedAndADeveloperIsNot(t *testing.T) {
	w, cluster := newLiveFixture(t)
	number, _ := w.fires("g")
	before, _ := w.liveReplicas(cluster, "user-service")

	w.types(Viewer, "/scale user 5")
	refused := w.outbox.last()
	w.requirePrivate(refused, Viewer)
	require.Contains(t, plain(refused.Card), "you may not patch deployments.apps/scale in namespace "+w.Clusters.Default().Namespace)
	require.Contains(t, plain(refused.Card), "Who may: system administrator")
	now, _ := w.liveReplicas(cluster, "user-service")
	require.Equal(t, before, now)
	for _, e := range impersonations(t, cluster, w.call(refused).ID) {
		require.Equal(t, "selfsubjectaccessreviews", e.ObjectRef.Resource, "nothing else was even tried")
	}

	w.types(Lead, fmt.Sprintf("/scale user %d", before+2))
	m := w.outbox.last()
	require.Equal(t, calls.Succeeded, w.call(m).State, plain(m.Card))
	wanted, ready := w.liveReplicas(cluster, "user-service")
	require.Equal(t, []int32{before + 2, before + 2}, []int32{wanted, ready})
	requirePatchBy(t, cluster, w.call(m), fmt.Sprint(number))

	w.press(Lead, button(t, m, fmt.Sprintf("Undo: /scale user-service %d", before)))
	wanted, _ = w.liveReplicas(cluster, "user-service")
	require.Equal(t, before, wanted)
	w.requireUndone(m, Lead)
	require.Contains(t, plain(w.outbox.last().Card), "This took back /scale user")

	w.types(Lead, fmt.Sprintf("/scale user %d", before+2))
	again := w.outbox.last()
	w.setReplicas(cluster, "user-service", before+4)
	w.press(Admin, button(t, again, fmt.Sprintf("Undo: /scale user-service %d", before)))
	question := w.outbox.last()
	require.Contains(t, plain(question.Card), "user-service changed again after /scale user ")
	wanted, _ = w.liveReplicas(cluster, "user-service")
	require.Equal(t, before+4, wanted, "what kubectl did meanwhile is not overridden by surprise")
	w.press(Admin, button(t, question, "Do it"))
	w.requireUndone(again, Admin)
}

// setReplicas is what somebody does past opsbot.
func (w *fixture) setReplicas(c *testcluster.Cluster, deployment string, n int32) {
	w.t.Helper()
	deployments := c.Client().AppsV1().Deployments(w.Clusters.Default().Namespace)
	scale, err := deployments.GetScale(w.t.Context(), deployment, metav1.GetOptions{})
	require.NoError(w.t, err)
	scale.Spec.Replicas = n
	_, err = deployments.UpdateScale(w.t.Context(), deployment, scale, metav1.UpdateOptions{})
	require.NoError(w.t, err)
}

// impersonations are the requests of one call in the API server's audit log.
func impersonations(t *testing.T, c *testcluster.Cluster, call string) []testcluster.AuditEvent {
	t.Helper()
	events, err := c.AuditEvents()
	require.NoError(t, err)
	return slices.DeleteFunc(events, func(e testcluster.AuditEvent) bool {
		return e.ImpersonatedUser == nil || !slices.Contains(e.ImpersonatedUser.Extra[k8sops.ExtraCall], call)
	})
}

// isChange tells a change that was made from one that was tried, by a dry run or on an object that had just changed.
func isChange(e testcluster.AuditEvent) bool {
	return e.Verb == "patch" && !strings.Contains(e.RequestURI, "dryRun") && e.ResponseStatus.Code == http.StatusOK
}

// requirePatchBy proves that the cluster's own log names the human behind a change.
func requirePatchBy(t *testing.T, c *testcluster.Cluster, call calls.Record, incident string) {
	t.Helper()
	patches := impersonations(t, c, call.ID)
	patches = slices.DeleteFunc(patches, func(e testcluster.AuditEvent) bool {
		return !isChange(e)
	})
	require.Len(t, patches, 1, "one change")
	who := patches[0].ImpersonatedUser
	require.Equal(t, "zhaoliu", who.Username)
	require.Equal(t, map[string][]string{
		k8sops.ExtraSlackUser: {Lead}, k8sops.ExtraChannel: {room}, k8sops.ExtraIncident: {incident}, k8sops.ExtraCall: {call.ID},
	}, who.Extra)
	require.Contains(t, patches[0].User.Username, "system:serviceaccount:", "who asked is the bot")
}

func TestLiveADatabaseChangeNeedsASecondPersonWhoMay(t *testing.T) {
	w, cluster := newLiveFixture(t)
	m := w.plan(Admin, "/scale redis 2")
	require.Equal(t, calls.Approval, w.call(m).State, "redis is protected")
	w.press(Viewer, button(t, m, "Approve"))
	w.requirePrivate(w.outbox.last(), Viewer)
	require.Contains(t, plain(w.outbox.last().Card), "you may not patch deployments.apps/scale")

	redis, err := cluster.Client().AppsV1().Deployments(w.Clusters.Default().Namespace).Get(t.Context(), "redis", metav1.GetOptions{})
	require.NoError(t, err)
	redis.Spec.Template.Spec.Containers[0].Image = "redis:8"
	_, err = cluster.Client().AppsV1().Deployments(w.Clusters.Default().Namespace).Update(t.Context(), redis, metav1.UpdateOptions{})
	require.NoError(t, err)
	w.press(Lead, button(t, m, "Approve"))
	require.Equal(t, calls.Approval, w.call(m).State, "somebody changed it in between: asked again")
	wanted, _ := w.liveReplicas(cluster, "redis")
	require.EqualValues(t, 1, wanted)

	w.press(Lead, button(t, w.outbox.now(m), "Approve"))
	require.Equal(t, calls.Succeeded, w.call(m).State, plain(w.outbox.now(m).Card))
	wanted, _ = w.liveReplicas(cluster, "redis")
	require.EqualValues(t, 2, wanted)
	requireApproved(t, w, cluster, w.call(m))
}

// requireApproved proves that opsbot's record and the cluster's own log name both people, as Slack and as Kubernetes know them.
func requireApproved(t *testing.T, w *fixture, c *testcluster.Cluster, call calls.Record) {
	t.Helper()
	var approval audit.Event
	for _, e := range w.audit() {
		if e.Action == "approved" {
			approval = e
		}
	}
	require.Equal(t, []string{Lead, "zhangsan"}, []string{approval.Actor, approval.User})
	require.Equal(t, []string{Admin, Lead, "zhaoliu"}, []string{approval.Details["requested_by"], approval.Details["approved_by"], approval.Details["approved_as"]})
	changed := 0
	for _, e := range impersonations(t, c, call.ID) {
		if !isChange(e) {
			continue
		}
		changed++
		require.Equal(t, "zhangsan", e.ImpersonatedUser.Username)
		require.Equal(t, []string{Admin}, e.ImpersonatedUser.Extra[k8sops.ExtraSlackUser])
		require.Equal(t, []string{"zhaoliu"}, e.ImpersonatedUser.Extra[k8sops.ExtraApprovedBy])
		require.Equal(t, []string{Lead}, e.ImpersonatedUser.Extra[k8sops.ExtraApprover])
	}
	require.Equal(t, 1, changed, "one change")
}

func TestLiveTheBotAloneMayDoNothing(t *testing.T) {
	w, _ := newLiveFixture(t)
	bot, err := kubernetes.NewForConfig(w.Clusters.Default().Config)
	require.NoError(t, err)
	ctx, place := t.Context(), w.Clusters.Default().Namespace
	_, err = bot.AppsV1().Deployments(place).List(ctx, metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err), "%v", err)
	_, err = bot.CoreV1().Pods(place).List(ctx, metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err), "%v", err)
	_, err = bot.CoreV1().Secrets(place).List(ctx, metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err), "%v", err)
	err = bot.AppsV1().Deployments(place).Delete(ctx, "user-service", metav1.DeleteOptions{})
	require.True(t, apierrors.IsForbidden(err), "%v", err)

	for _, id := range []k8sops.Identity{{User: "somebody-else"}, {User: "zhaoliu", Groups: []string{"system:masters"}}, {User: "system:admin"}} {
		client, err := w.Clusters.Default().As(id)
		require.NoError(t, err)
		require.Error(t, k8sops.CanActAs(ctx, client), "%v", id)
	}
}
