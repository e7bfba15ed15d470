package catalog

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// Policies are removed from the real API server, and put back as they were.
func TestLivePoliciesAreSuspendedAndPutBack(t *testing.T) {
	l := startLive(t, nil)
	policies := l.cluster.Client().NetworkingV1().NetworkPolicies(l.namespace)
	before, err := policies.Get(t.Context(), "postgres-from-backend", metav1.GetOptions{})
	require.NoError(t, err)
	_, _, result, _ := l.do(t, k8sops.Network, "netpol")
	require.Contains(t, shownCard(t, result.Card), "postgres-from-backend selects")

	call, plan, _, proof := l.do(t, k8sops.Network, "netpol suspend all --for 10m")
	require.True(t, proof.OK, proof.Summary.ID)
	require.Equal(t, k8sops.Destructive, plan.Danger)
	t.Log(proof.Summary)
	_, err = policies.Get(t.Context(), before.Name, metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err))
	_, _, result, _ = l.do(t, k8sops.Network, "netpol")
	require.Contains(t, shownCard(t, result.Card), "suspended by")

	_, _, _, proof = l.do(t, k8sops.Network, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK, proof.Summary.ID)
	after, err := policies.Get(t.Context(), before.Name, metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, before.Spec, after.Spec)
	require.Equal(t, before.Labels, after.Labels)
	require.Equal(t, before.Annotations, after.Annotations)
}

// The network administrator runs the network test in every pod, and no other program in any.
func TestLiveAConnectionIsPredictedAndTried(t *testing.T) {
	l := startLive(t, nil)
	require.NoError(t, l.cluster.ExecEnv(t.Context(), l.namespace, "user-service", nil))
	require.NoError(t, l.cluster.ExecEnv(t.Context(), l.namespace, "postgres", nil))
	l.settles(t, "user-service")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	line := "net test user " + listener.Addr().String()

	_, _, result, _ := l.do(t, k8sops.Network, line)
	shown := shownCard(t, result.Card)
	t.Log(shown)
	require.Contains(t, shown, "connected (")
	require.Contains(t, shown, "let through: no policy limits it")

	_, err = l.cluster.Client().NetworkingV1().NetworkPolicies(l.namespace).Create(t.Context(), &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "deny-out"}, Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	_, _, result, _ = l.do(t, k8sops.System, line)
	shown = shownCard(t, result.Card)
	t.Log(shown)
	require.Contains(t, shown, "denied by deny-out")
	require.Contains(t, shown, "nothing seems to enforce them", "kwok has no network plugin")
	_, _, result, _ = l.do(t, k8sops.Network, "net test user postgres:5432")
	t.Log(shownCard(t, result.Card))

	run := func(app string, args ...string) error {
		pods, err := l.cluster.Client().CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app=" + app})
		require.NoError(t, err)
		require.NotEmpty(t, pods.Items)
		pod := pods.Items[0]
		var out bytes.Buffer
		return l.as(t, userOf(k8sops.Network), k8sops.Network).Executor().Exec(t.Context(), k8sops.Command{
			Namespace: l.namespace, Pod: pod.Name, Container: pod.Spec.Containers[0].Name, Args: args, Stdout: &out,
		})
	}
	require.Eventually(t, func() bool { return run("user-service", "true") != nil }, 20*time.Second, 200*time.Millisecond, "the policy takes effect")
	probe := k8sops.NetProbe("127.0.0.1", 1, 2)
	require.NoError(t, run("user-service", probe...))
	require.NoError(t, run("postgres", probe...))
	other := append([]string{}, probe...)
	other[2] += "true"
	option := append([]string{}, probe...)
	option[4] = "-e"
	for _, args := range [][]string{{"true"}, {"sh", "-c", "true"}, other, option, append(probe, "more")} {
		require.ErrorContains(t, run("user-service", args...), "opsbot's roles run programs in", "%q", args[len(args)-1])
		require.ErrorContains(t, run("postgres", args...), "opsbot's roles run programs in the pods that their operations need only", "%q", args[len(args)-1])
	}
}

// A token of a read-only account gets in and may look, until the account is removed.
func TestLiveAReadOnlyAccountMayLook(t *testing.T) {
	l := startLive(t, nil)
	_, _, result, _ := l.do(t, k8sops.System, "access")
	shown := shownCard(t, result.Card)
	t.Log(shown)
	require.Contains(t, shown, "group opsbot:system may")
	_, _, result, _ = l.do(t, k8sops.System, "access opsbot:network")
	t.Log(shownCard(t, result.Card))
	_, _, result, _ = l.do(t, k8sops.System, "access user")
	require.Contains(t, shownCard(t, result.Card), "runs as service account")

	call, plan, _, proof := l.do(t, k8sops.System, "access readonly auditor --for 10m")
	require.True(t, proof.OK, proof.Summary.ID)
	card, err := call.Operation.Reveal(t.Context(), call, plan)
	require.NoError(t, explained(err))
	require.Equal(t, "k8sops.readonly.tried", card.Sections[1].Text.ID, "the API server was asked with it")
	token := card.Sections[0].Code.Content
	reader := l.withToken(t, token)
	pods, err := reader.CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, pods.Items)
	_, err = reader.CoreV1().Secrets(l.namespace).List(t.Context(), metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err), "%v", err)
	require.True(t, apierrors.IsForbidden(reader.CoreV1().Pods(l.namespace).Delete(t.Context(), pods.Items[0].Name, metav1.DeleteOptions{})))

	_, _, _, proof = l.do(t, k8sops.System, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK, proof.Summary.ID)
	require.Eventually(t, func() bool {
		_, err := reader.CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{})
		return apierrors.IsUnauthorized(err)
	}, 30*time.Second, 200*time.Millisecond)
}

// The system administrator's role makes read-only accounts, and tokens of no other.
func TestLiveTokensAreForReadOnlyAccountsAlone(t *testing.T) {
	l := startLive(t, nil)
	admin := l.as(t, userOf(k8sops.System), k8sops.System).Kubernetes
	dry := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	mighty := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "mighty"}}
	refused := func() error {
		_, err := admin.CoreV1().ServiceAccounts(l.namespace).Create(t.Context(), mighty, dry)
		return err
	}
	require.Eventually(t, func() bool { return refused() != nil }, 20*time.Second, 200*time.Millisecond, "the policy takes effect")
	require.ErrorContains(t, refused(), "opsbot's roles make and remove read-only accounts only")
	_, err := admin.CoreV1().ServiceAccounts(l.namespace).CreateToken(t.Context(), "default", tokenRequest(), metav1.CreateOptions{})
	require.ErrorContains(t, err, "opsbot's roles make and remove read-only accounts only")
	err = admin.CoreV1().ServiceAccounts(l.namespace).Delete(t.Context(), "default", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}})
	require.ErrorContains(t, err, "opsbot's roles make and remove read-only accounts only")
	for role, subject := range map[string]string{"view": "default", "opsbot-system": "readonly-x"} {
		binding := bindingOf(l.namespace, role, subject)
		_, err = admin.RbacV1().RoleBindings(l.namespace).Create(t.Context(), binding, dry)
		require.True(t, apierrors.IsForbidden(err), "%s for %s: %v", role, subject, err)
	}
}
