package handlers_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/handlers/calls"
)

// The roles of the cluster decide what a channel reads: with the generated ones a log stands in the channel; once viewers may not read logs any
// more, it goes to the person who may.
func TestLiveALogIsForTheChannelOnlyIfViewersMayReadIt(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a cluster")
	}
	w, cluster := newLiveFixture(t)
	w.viewers("", nothing) // the fake API server is not asked
	w.types(Admin, "/logs user")
	m := w.outbox.last()
	require.Equal(t, calls.Succeeded, w.call(m).State, plain(m.Card))
	require.True(t, m.Withheld.IsZero(), "%+v", m.Withheld)

	place := w.Clusters.Default().Namespace
	roles := cluster.Client().RbacV1().Roles(place)
	create(t, cluster.Client(), &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{Name: "logs", Namespace: place},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods/log"}, Verbs: []string{"get"}}},
	})
	create(t, cluster.Client(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "logs", Namespace: place},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "zhangsan"}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "logs"},
	})
	viewer, err := roles.Get(t.Context(), "opsbot-viewer", metav1.GetOptions{})
	require.NoError(t, err)
	for i := range viewer.Rules {
		viewer.Rules[i].Resources = slices.DeleteFunc(viewer.Rules[i].Resources, func(r string) bool { return r == "pods/log" })
	}
	viewer.Rules = slices.DeleteFunc(viewer.Rules, func(r rbacv1.PolicyRule) bool { return len(r.Resources) == 0 })
	_, err = roles.Update(t.Context(), viewer, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Eventually(t, func() bool { // the API server takes a moment to know
		w.clock.pass(time.Minute)
		w.types(Admin, "/logs user")
		return w.outbox.last().Withheld.ID == "call.withheld"
	}, 30*time.Second, 100*time.Millisecond)
	m = w.outbox.last()
	require.Equal(t, calls.Succeeded, w.call(m).State, plain(m.Card))
	require.Equal(t, Admin, m.Requester)
	w.types(Viewer, "/logs user")
	require.Contains(t, plain(w.outbox.last().Card), "you may not get pods/log")
	w.types(Admin, "/status user")
	require.True(t, w.outbox.last().Withheld.IsZero(), "other answers stay in the channel")
}
