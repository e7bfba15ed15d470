package catalog

import (
	"strings"
	"testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
	"opsbot/runs"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// clusterCatalog is the catalogue for clusters, with an operation that is not about any.
func clusterCatalog(t *testing.T, clusters ...string) []k8sops.Operation {
	d := testDeps(t)
	d.Clusters = clusters
	note := k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{Name: "note", Summary: messages.Literal("note"), Owners: []k8sops.Role{k8sops.Everyone}, Examples: []string{"note"}},
	}.Operation()
	ops, err := New(d, note)
	require.NoError(t, err)
	return ops
}

func TestEveryOperationOnKubernetesTakesACluster(t *testing.T) {
	ops := clusterCatalog(t, "prod", "staging")
	for typed, canonical := range map[string]string{
		"scale user 5 --cluster staging":     "scale user 5 --cluster staging",
		"scale --cluster=STAGING user 5":     "scale user 5 --cluster staging",
		"ops help scale —cluster prod":       "ops help scale --cluster prod",
		"hpa user --cluster staging":         "hpa user --cluster staging",
		"hpa user --max 5 --cluster staging": "hpa set user --max 5 --cluster staging",
		"backups --cluster prod":             "backups --cluster prod",
	} {
		op, args, err := cmdline.Parse(ops, typed)
		require.NoError(t, err, typed)
		require.Equal(t, canonical, k8sops.Canonical(op, args))
	}
	for i := range ops {
		_, takes := ops[i].Arg(k8sops.ClusterArg)
		require.Equal(t, ops[i].Name != "note", takes, ops[i].Name)
	}
}

func TestParseSaysWhatIsWrongWithACluster(t *testing.T) {
	ops := clusterCatalog(t, "prod", "staging")
	for typed, want := range map[string]struct {
		id      string
		suggest []string
	}{
		"scale user 5 --cluster stagin":              {"k8sops.arg.not_a_choice", []string{"scale user 5 --cluster staging"}},
		"scale user 5 --cluster mars":                {"k8sops.arg.not_a_choice", nil},
		"scale user 5 --cluster":                     {"k8sops.parse.flag_needs_value", nil},
		"scale user 5 --clutser prod":                {"k8sops.parse.unknown_flag_near", nil},
		"note --cluster prod":                        {"k8sops.parse.no_cluster", nil},
		"scale user 5 --cluster prod --cluster prod": {"k8sops.parse.twice", nil},
	} {
		_, _, err := cmdline.Parse(ops, typed)
		require.Equal(t, want.id, optest.MessageID(t, err), typed)
		e, _ := optest.AsError(err)
		require.Equal(t, want.suggest, e.Suggest, typed)
	}
}

// The name of the only cluster is understood, and nobody is bothered with it.
func TestTheOnlyClusterIsNotSpokenOf(t *testing.T) {
	ops := clusterCatalog(t, "prod")
	op, args, err := cmdline.Parse(ops, "scale user 5 --cluster prod")
	require.NoError(t, err)
	require.Equal(t, "scale user 5", k8sops.Canonical(op, args))
	require.Equal(t, k8sops.Args{"service": "user", "replicas": "5"}, op.NameCluster(args, "prod"))
	require.NotContains(t, k8sops.Usage(op), "cluster")
	require.Equal(t, "status user", cmdline.LineOn(ops, "status user", "prod"))
	_, _, err = cmdline.Parse(ops, "scale user 5 --clutser prod")
	require.Equal(t, "k8sops.parse.unknown_flag", optest.MessageID(t, err))
	_, _, err = cmdline.Parse(ops, "scale user 5 --cluster staging")
	require.Equal(t, "k8sops.arg.not_a_choice", optest.MessageID(t, err), "what was meant for another cluster is not done here")
}

func TestALineOnACluster(t *testing.T) {
	ops := clusterCatalog(t, "prod", "staging")
	for line, want := range map[string]string{
		"status user":                  "status user --cluster staging",
		"ops status user":              "ops status user --cluster staging",
		"status user --cluster=prod":   "status user --cluster=prod",
		`logs user --grep "--cluster"`: `logs user --grep "--cluster" --cluster staging`,
		"backup":                       "backup",
		"note":                         "note",
		"no such thing":                "no such thing",
		"":                             "",
	} {
		require.Equal(t, want, cmdline.LineOn(ops, line, "staging"))
	}
}

// Naming the cluster changes nothing else of what a line means.
func TestALineOnAClusterMeansTheSame(t *testing.T) {
	ops := clusterCatalog(t, "prod", "staging")
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom(ops).Draw(t, "operation")
		words := rapid.SliceOfN(rapid.OneOf(
			rapid.SampledFrom([]string{"user", "all", "5", "--grep", "--errors", "--tail=7", "--cluster", "prod", `"a b"`, "“x", `\"`, `\`, "--"}),
			rapid.String(),
		), 0, 5).Draw(t, "words")
		line := op.Name + " " + strings.Join(words, " ")
		meant, args, err := cmdline.Parse(ops, line)
		if err != nil {
			return
		}
		on, onArgs, err := cmdline.Parse(ops, cmdline.LineOn(ops, line, "staging"))
		require.NoError(t, err)
		require.Equal(t, meant.Name, on.Name)
		if _, takes := meant.Arg(k8sops.ClusterArg); takes && args[k8sops.ClusterArg] == "" {
			args[k8sops.ClusterArg] = "staging"
		}
		require.Equal(t, args, onArgs)
	})
}

// What takes a call back is on its cluster, and a cluster that is gone is not replaced by another one.
func TestAnInvocationOnACluster(t *testing.T) {
	ops := clusterCatalog(t, "prod", "staging")
	back := &k8sops.Invocation{Operation: "scale", Args: k8sops.Args{"service": "user", "replicas": "2"}}
	require.Equal(t, "scale user 2 --cluster staging", back.On(ops, "staging").Line(ops))
	require.NotContains(t, back.Args, k8sops.ClusterArg)
	_, _, err := cmdline.Check(ops, back.On(ops, "gone"))
	require.Equal(t, "k8sops.arg.not_a_choice", optest.MessageID(t, err))
	_, _, err = cmdline.Check(clusterCatalog(t, "prod"), back.On(clusterCatalog(t, "prod"), "staging"))
	require.Equal(t, "k8sops.arg.not_a_choice", optest.MessageID(t, err))
	require.Nil(t, (*k8sops.Invocation)(nil).On(ops, "prod"))
}

func TestAPlannedCallNamesItsCluster(t *testing.T) {
	d := testDeps(t)
	d.Clusters = []string{"prod", "demo"}
	call, client := optest.NewCall(t, testCatalog(t, d), `scale plan user 6 --at "tomorrow 9:00" --cluster demo`, optest.Platform()...)
	optest.GrantOnly(client, call, optest.ReadsOnly)
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	stored, err := d.Schedules.Schedule(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, "demo", stored.Cluster)
	require.Equal(t, "scale user-service 6 --cluster demo", stored.Command)
	require.Equal(t, runs.Active, stored.State)
}

func TestHelpNamesTheClusters(t *testing.T) {
	call, client := optest.NewCall(t, clusterCatalog(t, "demo", "staging"), "ops help")
	optest.GrantOnly(client, call, optest.ReadsOnly)
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	texts, err := messages.Load()
	require.NoError(t, err)
	shown := optest.ShowCard(texts.Printer(messages.English, messages.Plain()), result.Card)
	require.Contains(t, shown, "Operations on Kubernetes take --cluster: demo, staging")
}
