package catalog

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// targeted is one operation that takes a workload, and its argument for that.
type targeted struct {
	op  *k8sops.Operation
	arg string
}

func targetedOperations(ops []k8sops.Operation) (all []targeted) {
	for i := range ops {
		for _, a := range ops[i].Args {
			if a.Kind == k8sops.KindWorkload {
				all = append(all, targeted{&ops[i], a.Name})
				break
			}
		}
	}
	return all
}

// line is the operation's first example that names a workload, about another one.
func (o targeted) line(t *testing.T, ops []k8sops.Operation, name string) string {
	t.Helper()
	for _, example := range o.op.Examples {
		op, args, err := cmdline.Parse(ops, example)
		require.NoError(t, err, example)
		if args[o.arg] == "" {
			continue
		}
		args[o.arg] = name
		delete(args, "except")
		delete(args, "container")
		return k8sops.Canonical(op, args)
	}
	t.Fatalf("no example of %s names a workload", o.op.Name)
	return ""
}

// tried plans a change, or reads; nothing is changed. Nothing of the answer of a read is waited for longer than a few seconds.
func (l *live) tried(t *testing.T, line string) (*k8sops.Result, error) {
	t.Helper()
	op, args, err := cmdline.Parse(l.ops, line)
	if err != nil {
		if _, formOpens := errors.AsType[*cmdline.Missing](err); formOpens {
			return nil, nil
		}
		return nil, err
	}
	call := l.call(t, k8sops.System, k8sops.Canonical(op, args))
	if op.Plan != nil {
		_, err := op.Plan(t.Context(), call)
		return nil, err
	}
	return op.Answer(t.Context(), call, &optest.RecordedProgress{})
}

// offered are the command lines of a result's buttons.
func offered(result *k8sops.Result) []string {
	if result == nil {
		return nil
	}
	lines := slices.Clone(result.Suggest)
	for _, s := range result.Card.Sections {
		if s.Finding != nil && s.Finding.Action != nil {
			lines = append(lines, s.Finding.Action.Value)
		}
	}
	for _, a := range result.Card.Actions {
		lines = append(lines, a.Value)
	}
	return lines
}

func (l *live) podsOf(t *testing.T, app string) []string {
	t.Helper()
	return podNames(t, l, app)
}

// Whatever is named, nothing that is there is called missing, and no button leads to a refusal.
func TestLiveNoAnswerIsADeadEnd(t *testing.T) {
	l := startKinds(t)
	l.apply(t, "testdata/other-kinds.yaml")
	l.settles(t, "user")
	requests := `{"spec":{"template":{"spec":{"containers":[{"name":"ledger","resources":{"requests":{"cpu":"10m"}}}]}}}}`
	_, err := l.cluster.Client().AppsV1().StatefulSets(l.namespace).Patch(t.Context(), "ledger", "application/strategic-merge-patch+json", []byte(requests), metav1.PatchOptions{})
	require.NoError(t, err)
	l.proven(t, "deploy user :1.8") // there is something to go back to
	l.proven(t, "deploy ledger :1.8")
	require.NoError(t, l.cluster.BadImage(t.Context(), l.namespace, "payment-service"))
	l.deps.RolloutTimeout = 3 * time.Second
	l.ops = testCatalog(t, l.deps)
	pod := l.podsOf(t, "user-service")[0]
	replicaSet := pod[:strings.LastIndex(pod, "-")]
	names := map[string]string{ // what is said of it where the operation does not work on it; "" where it has to work
		"user": "", "payment-service": "", "deploy/user-service": "",
		"ledger": "k8sops.resolve.wrong_kind", "node-agent": "k8sops.resolve.wrong_kind", "settlement": "k8sops.resolve.wrong_kind",
		"import-prices": "k8sops.resolve.wrong_kind", "toolbox": "k8sops.resolve.wrong_kind", "legacy": "k8sops.resolve.wrong_kind",
		"deploy/ledger": "k8sops.resolve.other_kind", "sts/user-service": "k8sops.resolve.other_kind",
		pod: "k8sops.resolve.belongs", "pod/" + pod: "k8sops.resolve.belongs", replicaSet: "k8sops.resolve.belongs", "front": "k8sops.resolve.belongs",
		"svc/front": "k8sops.resolve.belongs", "outside": "k8sops.resolve.no_workload",
		"settings": "k8sops.resolve.unknown", "usr-service": "k8sops.resolve.unknown", "nothing-like-it": "k8sops.resolve.unknown",
	}
	seen := map[string]bool{}
	follow := func(from string, lines []string) {
		for _, line := range lines {
			if seen[line] {
				continue
			}
			seen[line] = true
			_, err := l.tried(t, line)
			if k8sops.CodeOf(err) == k8sops.CodeUnavailable { // metrics that are not there yet
				continue
			}
			if e, refused := optest.AsError(err); refused && e.Message.ID == "k8sops.bluegreen.several_services" {
				continue // the Service front sends traffic to user-service too, which only the operation itself looks at
			}
			assert.NoError(t, err, "%s leads to %s", from, line)
		}
	}
	for _, o := range targetedOperations(l.ops) {
		for name, about := range names {
			line := o.line(t, l.ops, name)
			started := time.Now()
			result, err := l.tried(t, line)
			if d := time.Since(started); d > 5*time.Second {
				t.Logf("%s took %v", line, d)
			}
			follow(line, offered(result))
			e, refused := optest.AsError(err)
			switch {
			case err == nil:
				continue
			case !refused:
				require.NoError(t, err, line)
			}
			follow(line, e.Suggest)
			switch e.Message.ID {
			case "k8sops.resolve.wrong_kind": // also of what a name belongs to
				assert.NotEmpty(t, about, line)
			case "k8sops.resolve.unknown":
				assert.Equal(t, about, e.Message.ID, line)
				assert.Contains(t, []string{"settings", "usr-service", "nothing-like-it"}, name, line)
			case about:
			case "k8sops.resolve.no_scale":
				assert.Equal(t, "legacy", name, line)
			default: // the operation knows the thing, and says why not
				assert.NotContains(t, e.Message.ID, "k8sops.resolve.", line)
				assert.NotContains(t, e.Message.ID, "k8sops.error.", line)
				t.Logf("%s: %s", line, e.Message.ID)
			}
		}
	}
	t.Logf("%d suggestions followed", len(seen))
}

// shownProgress keeps what a person would read while they wait.
type shownProgress struct {
	*messages.Printer
	texts []string
	since time.Time
	at    []time.Duration
}

func (p *shownProgress) Show(messages.Card) {}

func (p *shownProgress) Report(_, _ int, what messages.Text) {
	p.texts, p.at = append(p.texts, p.Text(what)), append(p.at, time.Since(p.since))
}

// first is when something was first said, and how.
func (p *shownProgress) first(t *testing.T, part string) (string, time.Duration) {
	t.Helper()
	for i, text := range p.texts {
		if strings.Contains(text, part) {
			return text, p.at[i]
		}
	}
	t.Fatalf("nobody said %q:\n%s", part, strings.Join(p.texts, "\n"))
	return "", 0
}

// waits does a change and gives what was shown meanwhile, and how it ended.
func (l *live) waits(t *testing.T, line string) (*shownProgress, *k8sops.Verification, error) {
	t.Helper()
	catalogue, err := messages.Load()
	require.NoError(t, err)
	call := l.call(t, k8sops.System, line)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err, line)
	p := &shownProgress{Printer: catalogue.Printer("en", messages.Plain()), since: time.Now()}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, step := range call.Operation.Steps {
		if err := step.Do(ctx, call, plan, p, false); err != nil {
			return p, nil, err
		}
	}
	proof, err := call.Operation.Verify(ctx, call, plan, p)
	return p, proof, err
}

const quota = `
apiVersion: v1
kind: ResourceQuota
metadata: {name: small}
spec:
  hard: {pods: "1"}
`

// fillsQuota leaves no room for another pod.
func (l *live) fillsQuota(t *testing.T) {
	t.Helper()
	require.NoError(t, l.cluster.Apply(t.Context(), []byte(quota), l.namespace))
	require.Eventually(t, func() bool {
		q, err := l.cluster.Client().CoreV1().ResourceQuotas(l.namespace).Get(t.Context(), "small", metav1.GetOptions{})
		return err == nil && len(q.Status.Used) > 0
	}, 20*time.Second, 100*time.Millisecond)
}

// What the API server or the scheduler refuses is said at once and in its own words, and no rollback is offered where it cannot help.
func TestLiveWhatStandsInTheWayIsSaidAtOnce(t *testing.T) {
	l := startKinds(t)
	l.settles(t, "user", "order", "payment")
	l.deps.RolloutTimeout = 25 * time.Second
	l.ops = testCatalog(t, l.deps)
	requests := `{"spec":{"template":{"spec":{"containers":[{"name":"order-service","resources":{"requests":{"cpu":"900"},"limits":{"cpu":"900"}}}]}}}}`
	_, err := l.cluster.Client().AppsV1().Deployments(l.namespace).Patch(t.Context(), "order-service", "application/strategic-merge-patch+json", []byte(requests), metav1.PatchOptions{})
	require.NoError(t, err)
	p, proof, err := l.waits(t, "rollout restart order")
	require.NoError(t, err)
	require.False(t, proof.OK)
	text, at := p.first(t, "Insufficient cpu")
	require.Less(t, at, 8*time.Second)
	require.Contains(t, text, "updated and ready")
	require.Contains(t, text, "serving in all", "the old pods serve")
	require.NotContains(t, strings.Join(proof.Suggest, " "), "rollback")

	l.fillsQuota(t)
	for _, line := range []string{"scale user 6", "deploy payment :1.9", "rollout restart ledger", "run load-test"} {
		t.Run(line, func(t *testing.T) {
			p, proof, err := l.waits(t, line)
			require.NoError(t, err)
			require.False(t, proof.OK, "%v", proof.Summary)
			_, at := p.first(t, "exceeded quota")
			require.Less(t, at, 8*time.Second)
			require.Contains(t, p.Text(proof.Summary), "exceeded quota")
			require.Less(t, time.Since(p.since), 22*time.Second, "nobody waits for a quota")
			require.NotContains(t, strings.Join(proof.Suggest, " "), "rollback")
			for _, text := range p.texts {
				require.NotRegexp(t, `: 0 of \d+ replicas ready`, text, "pods that serve are counted")
			}
		})
	}
}
