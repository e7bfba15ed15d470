package catalog

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/security"
)

// findings keeps one record.
type findings struct {
	mu     sync.Mutex
	record security.Record
}

func (f *findings) SecurityRecord(context.Context, string, string) (security.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.record, nil
}

func (f *findings) UpdateSecurityRecord(_ context.Context, _, _ string, change func(*security.Record) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return change(&f.record)
}

// What is risky is found with the rights of the network administrator, what was mended is gone, and who has no business with it is told so.
func TestLiveSecurity(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	memory := &findings{}
	l := startLiveWith(t, nil, func(c *Config) { c.Findings, c.ScanJob = memory, "load-test" })
	client := l.cluster.Client()
	bindings := client.RbacV1().ClusterRoleBindings()
	_, err := bindings.Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: l.namespace + "-temp"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: "temp@company.com"}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, bindings.Delete(context.WithoutCancel(t.Context()), l.namespace+"-temp", metav1.DeleteOptions{}))
	})

	_, _, result, _ := l.do(t, k8sops.Network, "security")
	text := shownCard(t, result.Card)
	require.Contains(t, text, "Found in this first look:")
	require.Contains(t, text, "user/temp@company.com may do anything on the whole cluster: clusterrolebinding/"+l.namespace+"-temp gives clusterrole/cluster-admin")
	require.NotContains(t, text, "system:masters")
	require.Contains(t, text, "No network policy selects user-service")
	require.Contains(t, text, "| user-service | baseline |")
	require.Equal(t, []string{"run load-test"}, result.Suggest)

	policy := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: "user-service"}}
	policy.Spec.PodSelector.MatchLabels = map[string]string{"app": "user-service"}
	_, err = client.NetworkingV1().NetworkPolicies(l.namespace).Create(t.Context(), policy, metav1.CreateOptions{})
	require.NoError(t, err)
	id := ""
	for id = range memory.record.Since {
		if id[:5] == "admin" {
			break
		}
	}
	l.do(t, k8sops.System, "security except "+id+` --reason "migration until tomorrow" --until "in 24h"`)
	_, _, result, _ = l.do(t, k8sops.Network, "security")
	text = shownCard(t, result.Card)
	require.NotContains(t, text, "No network policy selects user-service")
	require.NotContains(t, text, "may do anything on the whole cluster: clusterrolebinding/"+l.namespace+"-temp")
	require.Contains(t, text, "Exception "+id)

	denied := l.call(t, k8sops.Development, "security")
	err = k8sops.Preflight(t.Context(), denied.Client, denied.Namespace, *denied.Operation)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
}
