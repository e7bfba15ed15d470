package check

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"opsbot/app/generate"
	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// rightsOf is what check says of the bot's rights on a real API server.
func rightsOf(t *testing.T, c configs.Config, bot *rest.Config) string {
	t.Helper()
	texts, err := messages.Load()
	require.NoError(t, err)
	var out bytes.Buffer
	k := checker{out: &out, printer: texts.Printer("en", messages.Plain())}
	k.cluster(t.Context(), &k8sops.Cluster{Name: "prod", Namespace: c.Kubernetes.Namespace, Config: bot}, actors(c), false)
	t.Log(out.String())
	return out.String()
}

// installed is a cluster with the generated rights, and the bot's configuration.
func installed(t *testing.T, cluster *testcluster.Cluster, generated func(configs.Config) ([]byte, error)) (configs.Config, *rest.Config) {
	t.Helper()
	c := apptest.Config(t, apptest.Workspace(t))
	for _, namespace := range []string{c.Kubernetes.Namespace, generate.BotNamespace} {
		require.NoError(t, cluster.CreateNamespace(t.Context(), namespace))
	}
	apply(t, cluster, c, generated)
	bot, err := cluster.ServiceAccountConfig(t.Context(), generate.BotNamespace, generate.BotAccount)
	require.NoError(t, err)
	return c, bot
}

func apply(t *testing.T, cluster *testcluster.Cluster, c configs.Config, generated func(configs.Config) ([]byte, error)) {
	t.Helper()
	text, err := generated(c)
	require.NoError(t, err)
	require.NoError(t, cluster.Apply(t.Context(), text, ""))
}

const extraRights = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: too-much}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: too-much}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: too-much}
subjects: [{kind: ServiceAccount, name: opsbot, namespace: opsbot}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: powerful}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: admin@company.com}]
`

func TestLiveRightsOfTheBot(t *testing.T) {
	cluster := testcluster.Shared(t)
	c, bot := installed(t, cluster, generate.RBACYAML)
	out := rightsOf(t, c, bot)
	require.NotContains(t, out, "FAIL")
	require.NotContains(t, out, "warn")
	require.Contains(t, out, "ok    Kubernetes: opsbot's own account on cluster prod can do nothing but act as the configured people")
	require.Contains(t, out, "ok    Kubernetes: on cluster prod opsbot can do as somebody else only what its operations do (constrained impersonation, v1.36")

	require.NoError(t, cluster.Apply(t.Context(), []byte(extraRights), c.Kubernetes.Namespace))
	require.Eventually(t, func() bool {
		return bytes.Contains([]byte(rightsOf(t, c, bot)), []byte("can do more than act as the configured people: delete configmaps. "))
	}, 10*time.Second, 200*time.Millisecond)
	require.NotContains(t, rightsOf(t, c, bot), "admin@company.com has rights", "constrained impersonation does not let the bot use them")

	apply(t, cluster, c, generate.RBACChoice{Unconstrained: true}.YAML)
	require.Eventually(t, func() bool {
		return bytes.Contains([]byte(rightsOf(t, c, bot)), []byte("has constrained impersonation, unless it was turned off there, but opsbot's rights do not use it"))
	}, 10*time.Second, 200*time.Millisecond)
	require.Contains(t, rightsOf(t, c, bot), "warn  Kubernetes: admin@company.com has rights of their own everywhere on cluster prod, so opsbot's token is worth them too: * *.*")

	admin := rightsOf(t, c, cluster.AdminConfig())
	require.Contains(t, admin, "FAIL  Kubernetes: opsbot's own account on cluster prod can do more than act as the configured people: * *.*. ")
}

func TestLiveRightsWhereTheServerHasNoConstrainedImpersonation(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cluster, err := testcluster.Start(ctx, testcluster.Options{FeatureGates: "ConstrainedImpersonation=false"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	c, bot := installed(t, cluster, generate.RBACYAML)
	out := rightsOf(t, c, bot)
	require.Contains(t, out, "FAIL  Kubernetes: the API server of cluster prod (v1.36")
	require.Contains(t, out, "has no constrained impersonation, and opsbot's rights are made for it. Apply the output of opsbot rbac --unconstrained")

	apply(t, cluster, c, generate.RBACChoice{Unconstrained: true}.YAML)
	require.Eventually(t, func() bool { return !bytes.Contains([]byte(rightsOf(t, c, bot)), []byte("FAIL")) }, 10*time.Second, 200*time.Millisecond)
}
