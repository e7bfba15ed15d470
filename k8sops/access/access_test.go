package access

import (
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/messages"
)

func allow(verbs []string, group string, resources ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{Verbs: verbs, APIGroups: []string{group}, Resources: resources}
}

func role(name string, rules ...rbacv1.PolicyRule) *rbacv1.Role {
	return &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace}, Rules: rules}
}

func clusterRole(name string, rules ...rbacv1.PolicyRule) *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
}

func bound(name, kind, role string, subjects ...rbacv1.Subject) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace}, RoleRef: rbacv1.RoleRef{Kind: kind, Name: role}, Subjects: subjects}
}

func boundEverywhere(name, role string, subjects ...rbacv1.Subject) *rbacv1.ClusterRoleBinding {
	return &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: role}, Subjects: subjects}
}

func user(name string) rbacv1.Subject  { return rbacv1.Subject{Kind: "User", Name: name} }
func group(name string) rbacv1.Subject { return rbacv1.Subject{Kind: "Group", Name: name} }
func account(namespace, name string) rbacv1.Subject {
	return rbacv1.Subject{Kind: "ServiceAccount", Namespace: namespace, Name: name}
}

// company is a namespace in which many have rights, in every way that RBAC knows.
func company() []runtime.Object {
	read := []string{"get", "list", "watch"}
	all := []string{"create", "delete", "get", "list", "patch", "update", "watch"}
	gather := clusterRole("gather")
	gather.AggregationRule = &rbacv1.AggregationRule{ClusterRoleSelectors: []metav1.LabelSelector{{MatchLabels: map[string]string{"gather": "yes"}}}}
	part := clusterRole("part", allow([]string{"create"}, "", "pods/exec"))
	part.Labels = map[string]string{"gather": "yes"}
	builtIn := boundEverywhere("cluster-admin", "cluster-admin", group("system:masters"))
	builtIn.Labels = map[string]string{"kubernetes.io/bootstrapping": "rbac-defaults"}
	basic := boundEverywhere("system:basic-user", "system:basic-user", group("system:authenticated"))
	basic.Labels = builtIn.Labels
	named := allow([]string{"get"}, "", "secrets")
	named.ResourceNames = []string{"redis-secret"}
	return append(optest.Platform(), gather, part, builtIn, basic,
		clusterRole("cluster-admin", allow([]string{"*"}, "*", "*")),
		clusterRole("view", allow(read, "", "pods", "services"), allow(read, "apps", "deployments")),
		role("deployer", allow(all, "apps", "deployments"), allow([]string{"patch"}, "apps", "deployments/scale"), allow(read, "", "pods", "pods/log")),
		role("one-secret", named),
		role("binder", allow([]string{"bind"}, "rbac.authorization.k8s.io", "clusterroles"), allow([]string{"get", "list"}, "", "secrets")),
		role("tokens", allow([]string{"create"}, "", "serviceaccounts/token")),
		boundEverywhere("boss", "cluster-admin", user("boss@company.com"), account("kube-system", "installer")),
		bound("deployers", "Role", "deployer", group("opsbot:development"), user("system:serviceaccount:ecommerce-k8s:ci")),
		bound("cache", "Role", "one-secret", account("", "user-service")),
		bound("binders", "Role", "binder", user("lisi@company.com")),
		bound("default", "Role", "tokens", account("", "default")),
		bound("viewers", "ClusterRole", "view", user("lisi@company.com"), group("system:serviceaccounts:ecommerce-k8s")),
		bound("gatherers", "ClusterRole", "gather", group("helpers")),
		bound("dangling", "Role", "gone", user("old@company.com")),
		boundEverywhere("strangers", "view", group("system:unauthenticated")))
}

func TestWhoMayDoWhat(t *testing.T) {
	for golden, line := range map[string]string{
		"access": "access", "access-user": "access lisi@company.com", "access-group": "access opsbot:development", "access-boss": "access boss@company.com",
		"access-service": "access order", "access-account": "access ecommerce-k8s/ci", "access-gone": "access old@company.com", "access-gathered": "access helpers",
	} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, company()...)
		result, err := call.Operation.Answer(t.Context(), call, nil)
		require.NoError(t, err, line)
		optest.Golden(t, golden, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
	}
}

func TestSomebodyWithoutRightsIsNotKnown(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "access lisy@company.com", company()...)
	_, err := call.Operation.Answer(t.Context(), call, nil)
	e, ok := optest.AsError(err)
	require.True(t, ok)
	require.Equal(t, "k8sops.rights.unknown", e.Message.ID)
	require.Equal(t, "access lisi@company.com", e.Suggest[0])
}

func TestRisks(t *testing.T) {
	star := []string{"*"}
	named := allow([]string{"get"}, "", "secrets")
	named.ResourceNames = []string{"one"}
	few := allow([]string{"impersonate:user-info"}, "authentication.k8s.io", "users")
	few.ResourceNames = []string{"zhangsan"}
	for name, c := range map[string]struct {
		rules []rbacv1.PolicyRule
		want  []risk
	}{
		"everything":                 {[]rbacv1.PolicyRule{allow(star, "*", "*")}, []risk{everything}},
		"everything of a group":      {[]rbacv1.PolicyRule{allow(star, "apps", "*")}, []risk{startsPods}},
		"reading":                    {[]rbacv1.PolicyRule{allow([]string{"get", "list", "watch"}, "", "pods")}, nil},
		"reading all of the core":    {[]rbacv1.PolicyRule{allow([]string{"get"}, "", "*")}, []risk{readsSecrets, runsPrograms}},
		"one secret":                 {[]rbacv1.PolicyRule{named}, nil},
		"impersonation":              {[]rbacv1.PolicyRule{allow([]string{"impersonate"}, "", "users")}, []risk{moreRights, actsAsOthers}},
		"impersonation of few":       {[]rbacv1.PolicyRule{few}, []risk{actsAsOthers}},
		"escalation":                 {[]rbacv1.PolicyRule{allow([]string{"escalate"}, "rbac.authorization.k8s.io", "roles")}, []risk{moreRights}},
		"bindings of what one has":   {[]rbacv1.PolicyRule{allow([]string{"create"}, "rbac.authorization.k8s.io", "rolebindings")}, nil},
		"webhooks":                   {[]rbacv1.PolicyRule{allow([]string{"patch"}, "admissionregistration.k8s.io", "mutatingwebhookconfigurations")}, []risk{admission}},
		"deployments":                {[]rbacv1.PolicyRule{allow([]string{"patch"}, "apps", "deployments")}, []risk{startsPods}},
		"a scale":                    {[]rbacv1.PolicyRule{allow([]string{"patch"}, "apps", "deployments/scale")}, nil},
		"labels of pods":             {[]rbacv1.PolicyRule{allow([]string{"patch"}, "", "pods")}, nil},
		"tokens and exec, unordered": {[]rbacv1.PolicyRule{allow([]string{"create"}, "", "pods/exec"), allow([]string{"create"}, "", "serviceaccounts/token")}, []risk{makesTokens, runsPrograms}},
	} {
		require.Equal(t, c.want, risks(c.rules), name)
	}
}
