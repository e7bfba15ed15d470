package catalog

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/rbac"
	"opsbot/messages"
)

// as is a client of a user in one of the roles' groups.
func (l *live) as(t *testing.T, user string, roles ...k8sops.Role) *k8sops.Client {
	t.Helper()
	id := k8sops.Identity{User: user}
	for _, role := range roles {
		id.Groups = append(id.Groups, role.Group())
	}
	client, err := l.bot.As(id)
	require.NoError(t, err)
	return client
}

// Programs run in the pods of the database and of the cache, and in no other, whatever RBAC allows.
func TestLiveProgramsRunInTheDatabaseOnly(t *testing.T) {
	l := startLive(t, nil)
	require.NoError(t, l.cluster.ExecEnv(t.Context(), l.namespace, "user-service", nil))
	require.NoError(t, l.cluster.ExecEnv(t.Context(), l.namespace, "postgres", nil))
	run := func(app string) error {
		pods, err := l.cluster.Client().CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app=" + app})
		require.NoError(t, err)
		require.NotEmpty(t, pods.Items)
		pod := pods.Items[0]
		var out bytes.Buffer
		return l.as(t, userOf(k8sops.DBA), k8sops.DBA).Executor().Exec(t.Context(), k8sops.Command{
			Namespace: l.namespace, Pod: pod.Name, Container: pod.Spec.Containers[0].Name, Args: []string{"true"}, Stdout: &out,
		})
	}
	require.Eventually(t, func() bool { return run("user-service") != nil }, 20*time.Second, 200*time.Millisecond, "the policy takes effect")
	require.ErrorContains(t, run("user-service"), "opsbot's roles run programs in the pods of the database and of the cache only")
	require.NoError(t, run("postgres"))
}

// A policy that is older than the configuration is said to be so, not in the API server's words.
func TestLiveAPolicyOfAnotherDatabaseIsExplained(t *testing.T) {
	l := startLive(t, nil, func(o *rbac.Options) { o.ExecPods = []string{rbac.PodsOf("deployment/mysql")} })
	require.NoError(t, l.cluster.ExecEnv(t.Context(), l.namespace, "postgres", nil))
	l.settles(t, "postgres")
	var e *k8sops.Error
	require.Eventually(t, func() bool {
		_, _, _, err := optest.RunAll(t.Context(), l.call(t, k8sops.DBA, "backup db"))
		e, _ = optest.AsError(err)
		return e != nil && e.Message.ID == "k8sops.policy.exec"
	}, 20*time.Second, 500*time.Millisecond, "the policy takes effect")
	require.Equal(t, k8sops.CodeForbidden, e.Code)
	require.True(t, strings.HasPrefix(e.Message.Args["pod"].S, "postgres-"))
	require.Equal(t, "k8sops.policy.hint", e.Hint.ID)
	require.Contains(t, e.Hint.Args["command"].S, "opsbot rbac --config opsbot.yaml | kubectl apply -f -")
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, locale := range messages.Locales() {
		p := catalogue.Printer(locale, messages.Plain())
		require.NotContains(t, p.Text(e.Message)+p.Text(e.Hint), "forbidden", locale)
	}

	_, _, health, _ := l.do(t, k8sops.DBA, "health")
	t.Log(shownCard(t, health.Card))
	require.NotContains(t, shownCard(t, health.Card), "ValidatingAdmissionPolicy")
	require.Contains(t, shownCard(t, health.Card), "opsbot's admission policy lets programs run in", "it is not the role that is in the way")
}

// A policy of somebody else is named where it refuses: no other role would help.
func TestLiveAPolicyOfSomebodyElseIsNamed(t *testing.T) {
	l := startLive(t, nil)
	l.settles(t, "postgres", "payment-service")
	l.refuses(t, "no-programs", admissionv1.Connect, admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods/exec"}})
	l.refuses(t, "no-scaling", admissionv1.Update, admissionv1.Rule{APIGroups: []string{"apps"}, APIVersions: []string{"v1"}, Resources: []string{"deployments/scale"}})
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		call := l.call(t, k8sops.System, "health")
		result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
		require.NoError(c, err)
		assert.Contains(c, shownCard(t, result.Card), l.namespace+"-no-programs, an admission policy of this cluster, refuses it: not on a Friday")
	}, 30*time.Second, 500*time.Millisecond)
	var e *k8sops.Error
	require.Eventually(t, func() bool {
		call := l.call(t, k8sops.Development, "scale payment 3")
		_, err := call.Operation.Plan(t.Context(), call)
		e, _ = optest.AsError(err)
		return e != nil
	}, 30*time.Second, 500*time.Millisecond)
	require.Equal(t, "k8sops.policy.denied", e.Message.ID)
	require.Equal(t, l.namespace+"-no-scaling", e.Message.Args["policy"].S)
}

// refuses makes a policy of the cluster's administrators that refuses something in the namespace to everybody.
func (l *live) refuses(t *testing.T, name string, operation admissionv1.OperationType, rule admissionv1.Rule) {
	t.Helper()
	name = l.namespace + "-" + name
	policies := l.cluster.Client().AdmissionregistrationV1()
	_, err := policies.ValidatingAdmissionPolicies().Create(t.Context(), &admissionv1.ValidatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: admissionv1.ValidatingAdmissionPolicySpec{
			MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{{
				RuleWithOperations: admissionv1.RuleWithOperations{Operations: []admissionv1.OperationType{operation}, Rule: rule},
			}}},
			Validations: []admissionv1.Validation{{Expression: "false", Message: "not on a Friday", Reason: new(metav1.StatusReasonForbidden)}},
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = policies.ValidatingAdmissionPolicyBindings().Create(t.Context(), &admissionv1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName: name, ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny},
			MatchResources: &admissionv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{
				MatchLabels: map[string]string{corev1.LabelMetadataName: l.namespace},
			}},
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
}

// A user may change things only in groups that are the user's own. Reads are not admitted: no policy sees them.
func TestLiveUserAndGroupBelongTogether(t *testing.T) {
	developer, dba := userOf(k8sops.Development), userOf(k8sops.DBA)
	l := startLive(t, nil, func(o *rbac.Options) {
		o.People = map[string][]string{k8sops.ViewerGroup: o.Users, k8sops.Development.Group(): {developer}, k8sops.DBA.Group(): {dba}}
	})
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "made"}}
	dry := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	mixed := l.as(t, developer, k8sops.Development, k8sops.DBA).Kubernetes.CoreV1().Secrets(l.namespace)
	refused := func() error {
		_, err := mixed.Create(t.Context(), secret, dry)
		return err
	}
	require.Eventually(t, func() bool { return refused() != nil }, 20*time.Second, 200*time.Millisecond, "the policy takes effect")
	err := refused()
	require.True(t, apierrors.IsForbidden(err), "%v", err)
	require.ErrorContains(t, err, developer+" is not in every opsbot group that the request names")
	e, ok := optest.AsError(k8sops.Explain("create secret", err))
	require.True(t, ok)
	require.Equal(t, "k8sops.policy.people", e.Message.ID)

	_, err = l.as(t, dba, k8sops.DBA, k8sops.Everyone).Kubernetes.CoreV1().Secrets(l.namespace).Create(t.Context(), secret, dry)
	require.NoError(t, err)
	_, err = mixed.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err, "documented: RBAC cannot bind a user to a group, and no policy sees a read")
	l.do(t, k8sops.Development, "scale payment 3")
}
