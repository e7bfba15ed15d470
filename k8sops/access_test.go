package k8sops

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"opsbot/messages"
)

func TestPreflightNamesWhatIsMissingAndWhoHasIt(t *testing.T) {
	call, kube := newCall(t, testCatalog(t, testDeps(t)), "scale user 5", platform()...)
	grantOnly(kube, call, readsOnly)
	err := Preflight(t.Context(), call.Client, call.Namespace, call.Operation.Access, call.Operation.Owners)
	require.Equal(t, CodeForbidden, CodeOf(err))
	e, _ := asError(err)
	golden(t, "preflight", func(p *messages.Printer) string { return p.Text(e.Message) + "\n" + p.Text(e.Hint) })

	grantOnly(kube, call, func(*authorizationv1.ResourceAttributes) bool { return true })
	require.NoError(t, Preflight(t.Context(), call.Client, call.Namespace, call.Operation.Access, call.Operation.Owners))
}

func TestHelpAndWhoamiShowWhatThePersonMay(t *testing.T) {
	for name, line := range map[string]string{"help": "ops help", "help-one": "ops help backup db", "whoami": "ops whoami"} {
		call, kube := newCall(t, testCatalog(t, testDeps(t)), line)
		grantOnly(kube, call, readsOnly)
		result, err := call.Operation.Run(t.Context(), call, nil, &recordedProgress{})
		require.NoError(t, err)
		golden(t, name, func(p *messages.Printer) string { return showCard(p, result.Card) })
	}
}

func TestHelpOnAnUnknownOperation(t *testing.T) {
	call, kube := newCall(t, testCatalog(t, testDeps(t)), "ops help scael")
	grantOnly(kube, call, readsOnly)
	_, err := call.Operation.Run(t.Context(), call, nil, &recordedProgress{})
	require.Equal(t, "k8sops.parse.unknown_operation", messageID(t, err))
}

func rbacOptions() RBACOptions {
	return RBACOptions{
		Namespaces: []string{testNamespace}, BotNamespace: "opsbot", BotName: "opsbot",
		Users: []string{"zhaoliu@company.com", "lisi@company.com"}, Groups: []string{"platform-team"},
	}
}

func TestRBACIsStable(t *testing.T) {
	for name, constrained := range map[string]bool{"rbac": false, "rbac-constrained": true} {
		options := rbacOptions()
		options.Constrained = constrained
		yaml, err := RBACYAML(testCatalog(t, testDeps(t)), options)
		require.NoError(t, err)
		path := "testdata/" + name + ".yaml"
		if *update {
			require.NoError(t, os.WriteFile(path, yaml, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(yaml))
	}
}

func TestRBACRefusesWhatWouldBeTooMuch(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	for name, spoil := range map[string]func(*RBACOptions){
		"anybody":      func(o *RBACOptions) { o.Users = nil },
		"empty name":   func(o *RBACOptions) { o.Users = []string{""} },
		"masters":      func(o *RBACOptions) { o.Groups = []string{"system:masters"} },
		"no namespace": func(o *RBACOptions) { o.Namespaces = nil },
		"no account":   func(o *RBACOptions) { o.BotName = "" },
	} {
		options := rbacOptions()
		spoil(&options)
		_, err := RBAC(ops, options)
		require.Error(t, err, name)
	}
}

func TestViewersGetNeitherSecretsNorExec(t *testing.T) {
	objects, err := RBAC(testCatalog(t, testDeps(t)), rbacOptions())
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
	require.NoError(t, checkCatalog(good))
	for name, spoil := range map[string]func(op *Operation){
		"duplicate name":   func(op *Operation) { op.Name = "health" },
		"duplicate alias":  func(op *Operation) { op.Aliases = []string{"health"} },
		"no run":           func(op *Operation) { op.Run = nil },
		"no verify":        func(op *Operation) { op.Verify = nil },
		"no owner":         func(op *Operation) { op.Owners = nil },
		"duplicate arg":    func(op *Operation) { op.Args = append(op.Args, op.Args[0]) },
		"unsound default":  func(op *Operation) { op.Args = []Arg{{Name: "n", Kind: KindInt, Default: "many"}} },
		"unstable default": func(op *Operation) { op.Args = []Arg{{Name: "d", Kind: KindDuration, Default: "60m"}} },
	} {
		ops := slices.Clone(good)
		at := slices.IndexFunc(ops, func(op Operation) bool { return op.Name == "scale" })
		ops[at].Args = slices.Clone(ops[at].Args)
		spoil(&ops[at])
		require.Error(t, checkCatalog(ops), name)
	}
	_, err := Catalog(Deps{})
	require.Error(t, err)
}
