package catalog

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/rbac"
	"opsbot/messages"
)

func TestPreflightNamesWhatIsMissingAndWhoHasIt(t *testing.T) {
	call, kube := optest.NewCall(t, testCatalog(t, testDeps(t)), "scale user 5", optest.Platform()...)
	optest.GrantOnly(kube, call, optest.ReadsOnly)
	err := k8sops.Preflight(t.Context(), call.Client, call.Namespace, *call.Operation)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
	e, _ := optest.AsError(err)
	optest.Golden(t, "preflight", func(p *messages.Printer) string { return p.Text(e.Message) + "\n" + p.Text(e.Hint) })

	optest.GrantOnly(kube, call, func(*authorizationv1.ResourceAttributes) bool { return true })
	require.NoError(t, k8sops.Preflight(t.Context(), call.Client, call.Namespace, *call.Operation))
}

func TestHelpAndWhoamiShowWhatThePersonMay(t *testing.T) {
	for name, line := range map[string]string{"help": "ops help", "help-one": "ops help backup db", "whoami": "ops whoami"} {
		call, kube := optest.NewCall(t, testCatalog(t, testDeps(t)), line)
		optest.GrantOnly(kube, call, optest.ReadsOnly)
		result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
		require.NoError(t, err)
		optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
	}
}

func TestHelpOnAnUnknownOperation(t *testing.T) {
	call, kube := optest.NewCall(t, testCatalog(t, testDeps(t)), "ops help scael")
	optest.GrantOnly(kube, call, optest.ReadsOnly)
	_, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.Equal(t, "k8sops.parse.unknown_operation", optest.MessageID(t, err))
}

func rbacOptions() rbac.Options {
	return rbac.Options{
		Namespaces: []string{optest.TestNamespace}, BotNamespace: "opsbot", BotName: "opsbot",
		Users: []string{"zhaoliu@company.com", "lisi@company.com"}, Groups: []string{"platform-team"},
		ExecPods: []string{rbac.PodsOf("statefulset/postgres")},
		Kinds:    []string{"rollouts.argoproj.io"},
		People:   map[string][]string{"opsbot:dba": {"lisi@company.com"}, "opsbot:viewer": {"lisi@company.com", "zhaoliu@company.com"}},
	}
}

func TestRBACIsStable(t *testing.T) {
	for name, constrained := range map[string]bool{"rbac": false, "rbac-constrained": true} {
		options := rbacOptions()
		options.Constrained = constrained
		yaml, err := rbac.RBACYAML(testCatalog(t, testDeps(t)), options)
		require.NoError(t, err)
		path := "testdata/" + name + ".yaml"
		if *optest.Update {
			require.NoError(t, os.WriteFile(path, yaml, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(yaml))
	}
}

func TestRBACRefusesWhatWouldBeTooMuch(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	for name, spoil := range map[string]func(*rbac.Options){
		"anybody":      func(o *rbac.Options) { o.Users = nil },
		"empty name":   func(o *rbac.Options) { o.Users = []string{""} },
		"masters":      func(o *rbac.Options) { o.Groups = []string{"system:masters"} },
		"no namespace": func(o *rbac.Options) { o.Namespaces = nil },
		"no kind":      func(o *rbac.Options) { o.Kinds = []string{"*.example.com"} },
		"no pods":      func(o *rbac.Options) { o.ExecPods = []string{"("} },
		"no account":   func(o *rbac.Options) { o.BotName = "" },
	} {
		options := rbacOptions()
		spoil(&options)
		_, err := rbac.Objects(ops, options)
		require.Error(t, err, name)
	}
}

func TestViewersGetNeitherSecretsNorExec(t *testing.T) {
	objects, err := rbac.Objects(testCatalog(t, testDeps(t)), rbacOptions())
	require.NoError(t, err)
	for _, object := range objects {
		role, ok := object.(*rbacv1.Role)
		if !ok || role.Name != "opsbot-viewer" {
			continue
		}
		for _, rule := range role.Rules {
			require.NotContains(t, rule.Resources, "secrets")
			require.NotContains(t, rule.Resources, "pods/exec")
			require.False(t, slices.ContainsFunc(rule.Verbs, func(v string) bool { return v != "get" && v != "list" }), rule)
		}
		return
	}
	t.Fatal("no viewer role")
}

func TestCatalogRefusesFaultyDeclarations(t *testing.T) {
	good := testCatalog(t, testDeps(t))
	require.NoError(t, k8sops.CheckCatalog(good))
	for name, spoil := range map[string]func(op *k8sops.Operation){
		"duplicate name":  func(op *k8sops.Operation) { op.Name = "health" },
		"duplicate alias": func(op *k8sops.Operation) { op.Aliases = []string{"health"} },
		"no step":         func(op *k8sops.Operation) { op.Steps = nil },
		"nameless step":   func(op *k8sops.Operation) { op.Steps = []k8sops.StoredStep{{Resume: k8sops.Again}} },
		"no resume":       func(op *k8sops.Operation) { op.Steps = []k8sops.StoredStep{{Name: "scale"}} },
		"unknown type": func(op *k8sops.Operation) {
			spec := k8sops.ReadSpec[struct{ Odd complex64 }]{Args: func(a *struct{ Odd complex64 }) []k8sops.Arg { return []k8sops.Arg{{Name: "odd", Into: &a.Odd}} }}
			op.Args = spec.Operation().Args
		},
		"no verify":       func(op *k8sops.Operation) { op.Verify = nil },
		"no owner":        func(op *k8sops.Operation) { op.Owners = nil },
		"duplicate arg":   func(op *k8sops.Operation) { op.Args = append(op.Args, op.Args[0]) },
		"unsound default": func(op *k8sops.Operation) { op.Args = []k8sops.Arg{{Name: "n", Kind: k8sops.KindInt, Default: "many"}} },
		"unstable default": func(op *k8sops.Operation) {
			op.Args = []k8sops.Arg{{Name: "d", Kind: k8sops.KindDuration, Default: "60m"}}
		},
	} {
		ops := slices.Clone(good)
		at := slices.IndexFunc(ops, func(op k8sops.Operation) bool { return op.Name == "scale" })
		ops[at].Args = slices.Clone(ops[at].Args)
		spoil(&ops[at])
		require.Error(t, k8sops.CheckCatalog(ops), name)
	}
	_, err := New(Config{})
	require.Error(t, err)
}

// What docs/rights.md says of Secrets that are not named: one operation needs them.
func TestOnlyARotationGetsSecretsThatAreNotNamed(t *testing.T) {
	unnamed := func(without string) (roles []string) {
		ops := slices.DeleteFunc(testCatalog(t, testDeps(t)), func(op k8sops.Operation) bool { return op.Name == without })
		objects, err := rbac.Objects(ops, rbacOptions())
		require.NoError(t, err)
		for _, object := range objects {
			role, ok := object.(*rbacv1.Role)
			isOpen := func(r rbacv1.PolicyRule) bool {
				return slices.Contains(r.Resources, "secrets") && len(r.ResourceNames) == 0
			}
			if ok && slices.ContainsFunc(role.Rules, isOpen) {
				roles = append(roles, role.Name)
			}
		}
		return roles
	}
	require.Empty(t, unnamed("secret rotate"))
	require.ElementsMatch(t, []string{"opsbot-system", "opsbot-dba"}, unnamed(""))
}

// Health reads the named TLS secrets; without names nobody gets rights to secrets for its sake.
func TestHealthGetsNamedSecretsOnly(t *testing.T) {
	for _, names := range [][]string{nil, {"shop-tls"}} {
		deps := testDeps(t)
		deps.Certificates = names
		others := []string{"secret rotate", "redis memory", "redis stats", "certs", "certs renew", "certs restore"} // they have Secrets of their own
		ops := slices.DeleteFunc(testCatalog(t, deps), func(op k8sops.Operation) bool { return slices.Contains(others, op.Name) })
		objects, err := rbac.Objects(ops, rbacOptions())
		require.NoError(t, err)
		var got []string
		for _, object := range objects {
			role, ok := object.(*rbacv1.Role)
			if !ok {
				continue
			}
			for _, rule := range role.Rules {
				if slices.Contains(rule.Resources, "secrets") {
					require.Equal(t, "opsbot-system", role.Name)
					require.Equal(t, []string{"get"}, rule.Verbs)
					got = append(got, rule.ResourceNames...)
					require.NotEmpty(t, rule.ResourceNames)
				}
			}
		}
		require.Equal(t, names, got)
	}
}

// What certificates are looked at and replaced in is named, too: without names the operations give nobody a right to Secrets.
func TestCertificatesGiveRightsToNamedSecretsOnly(t *testing.T) {
	for _, names := range [][]string{nil, {"api-tls", "shop-tls"}} {
		deps := testDeps(t)
		deps.Certificates = names
		ops := slices.DeleteFunc(testCatalog(t, deps), func(op k8sops.Operation) bool { return !strings.HasPrefix(op.Name, "certs") })
		objects, err := rbac.Objects(ops, rbacOptions())
		require.NoError(t, err)
		got := map[string][]string{}
		for _, object := range objects {
			role, ok := object.(*rbacv1.Role)
			if !ok {
				continue
			}
			for _, rule := range role.Rules {
				if slices.Contains(rule.Resources, "secrets") && !strings.HasPrefix(rule.Verbs[0], "impersonate-on") {
					require.Equal(t, []string{"get", "patch"}, rule.Verbs)
					require.NotEmpty(t, rule.ResourceNames)
					got[role.Name] = append(got[role.Name], rule.ResourceNames...)
				}
			}
		}
		if names == nil {
			require.Empty(t, got)
			continue
		}
		require.Equal(t, map[string][]string{"opsbot-system": names, "opsbot-network": names}, got)
	}
}
