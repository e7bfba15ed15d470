package calls

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"opsbot/handlers/identity"
	"opsbot/k8sops"
	"opsbot/messages"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares a card with testdata/name.md, in English and in Chinese.
func golden(t *testing.T, name string, card messages.Card) {
	t.Helper()
	catalogue, err := messages.Load()
	require.NoError(t, err)
	var b strings.Builder
	for _, locale := range messages.Locales() {
		fmt.Fprintf(&b, "<!-- %s -->\n\n%s\n\n", locale, catalogue.Printer(locale, messages.Markdown()).CardMarkdown(card))
	}
	require.NotContains(t, b.String(), "<no value>", "a text lacks an argument")
	file := filepath.Join("testdata", name+".md")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s differs (-want +got), go test -update rewrites it:\n%s", file, diff)
	}
}

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// waiting is a rollback that waits for a decision.
func waiting(state State) Record {
	return Record{
		ID: "0f3a9c12-77b1", State: state, Command: "rollback user-service --to 3", Cluster: "demo", Namespace: "ecommerce-k8s", Danger: k8sops.Disruptive,
		Args: k8sops.Args{"service": "user-service"}, Source: k8sops.Source{User: "U0ZHAOLIU", Channel: "C0INCIDENTS"},
		CreatedAt: noon(), ExpiresAt: noon().Add(10 * time.Minute), Digest: "d1gest",
		Plan: &k8sops.Plan{
			Summary: messages.Literal("Roll user-service back from revision 4 to 3"),
			Changes: []k8sops.FieldChange{{Object: "user-service", Field: "image", From: "user-service:bad", To: "user-service:1.0"}},
			Diff:    "-  image: user-service:bad\n+  image: user-service:1.0\n", Warning: []messages.Text{messages.Literal("revision 3 is 9 days old")},
		},
	}
}

func finished(state State) Record {
	r := waiting(state)
	r.ApprovedBy, r.StartedAt, r.FinishedAt, r.Undo = "U0ZHANGSAN", noon().Add(time.Minute), noon().Add(64*time.Second), "rollback user-service --to 4"
	return r
}

// answered is r with the answer that its run left.
func answered(r Record, result *k8sops.Result, v *k8sops.Verification) Record {
	card := ResultCard(r, result, v)
	r.Answer = &card
	return r
}

func TestPlanCards(t *testing.T) {
	golden(t, "plan", PlanCard(waiting(Planned), false))
	approval := waiting(Approval)
	approval.Danger = k8sops.Destructive
	golden(t, "plan-approval", PlanCard(approval, true))
	golden(t, "plan-cancelled", EndedCard(waiting(Cancelled), messages.New("call.cancelled", "user", messages.User("U0ZHANGSAN"))))
	golden(t, "plan-expired", EndedCard(waiting(Expired), messages.New("call.expired", "after", 10*time.Minute)))
	golden(t, "plan-nothing", NoOpCard(waiting(Succeeded)))
}

func TestProgressCards(t *testing.T) {
	what := messages.Literal("user-service: 2 of 5 pods ready")
	golden(t, "progress", ProgressCard(waiting(Running), Progress{Done: 2, Total: 5, What: what, Left: 18 * time.Second}, 12*time.Second))
	golden(t, "progress-begun", ProgressCard(waiting(Running), Progress{Done: 0, Total: 5, What: what}, time.Second))
	golden(t, "progress-unknown", ProgressCard(waiting(Running), Progress{Done: 0, Total: 0, What: messages.New("call.working")}, 700*time.Millisecond))
}

func TestResultCards(t *testing.T) {
	result := &k8sops.Result{Card: messages.Card{Tone: messages.ToneRunning, Title: messages.Literal("user-service runs revision 3")}, Suggest: []string{"status user-service"}}
	done := answered(finished(Succeeded), result, &k8sops.Verification{OK: true, Summary: messages.Literal("5 of 5 pods ready")})
	golden(t, "result", UndoCard(done))
	golden(t, "result-unproven", UndoCard(answered(finished(Failed), result,
		&k8sops.Verification{Summary: messages.Literal("1 of 5 pods ready"), Suggest: []string{"logs user-service --errors"}})))
	done.Undone = &Undone{User: "U0WANGWU", Call: "4711"}
	golden(t, "result-undone", UndoCard(done))
	golden(t, "interrupted", InterruptedCard(finished(Interrupted), true))
	golden(t, "not-started", InterruptedCard(waiting(Interrupted), false))
}

func TestErrorCards(t *testing.T) {
	r := finished(Failed)
	golden(t, "error-internal", ErrorCard(r, errors.New("dial tcp 10.0.0.1: password hunter2")))
	golden(t, "error-refused", ErrorCard(r, fmt.Errorf("scale: %w", &k8sops.Error{
		Code: k8sops.CodeNotFound, Message: messages.Literal("there is no usr-service"), Hint: messages.Literal("there are user-service and order-service"),
		Suggest: []string{"scale user-service 5", "a", "b", "c", "d", "too many"}, Cause: errors.New("secret"),
	})))
	golden(t, "error-unknown-member", ErrorCard(r, &k8sops.Error{
		Code: k8sops.CodeNotFound, Message: messages.Literal("There is no /incident akc."), Hint: messages.Literal("What /incident can do:"),
		List: []messages.Text{messages.Literal("/incident ack"), messages.Literal("/incident list")}, Suggest: []string{"incident ack"},
	}))
	golden(t, "error-forbidden", ErrorCard(Record{}, identity.Unmapped("U0STRANGER")))
}

func TestEveryDangerAndStateHasItsName(t *testing.T) {
	dangers, states := map[string]bool{}, map[string]bool{}
	for _, d := range []k8sops.Danger{k8sops.Read, k8sops.Change, k8sops.Disruptive, k8sops.Destructive} {
		dangers[dangerText(d).ID] = true
	}
	for _, s := range []State{Running, Succeeded, Failed, Refused, Cancelled, Expired, Interrupted} {
		states[StateText(s).ID] = true
	}
	require.Len(t, dangers, 4)
	require.Len(t, states, 7)
}

func TestBarsAreSane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		done, total := rapid.IntRange(-5, 1000).Draw(t, "done"), rapid.IntRange(1, 900).Draw(t, "total")
		require.Len(t, []rune(bar(done, total)), 16)
	})
}

func TestDigest(t *testing.T) {
	base := func() Record {
		r := waiting(Planned)
		r.Identity = k8sops.Identity{User: "zhaoliu", Groups: []string{"opsbot:development"}}
		r.Plan.Targets = []k8sops.Target{{Kind: "Deployment", Name: "user-service", UID: "1", ResourceVersion: "7", Fingerprint: "f"}}
		return r
	}
	for name, change := range map[string]func(*Record){
		"operation": func(r *Record) { r.Operation = "deploy" }, "input": func(r *Record) { r.Args = k8sops.Args{"service": "x"} },
		"state":   func(r *Record) { r.Plan.State = []byte(`{"to":1}`) },
		"cluster": func(r *Record) { r.Cluster = "prod" }, "namespace": func(r *Record) { r.Namespace = "x" },
		"user": func(r *Record) { r.Identity.User = "x" }, "groups": func(r *Record) { r.Identity.Groups = nil },
		"danger": func(r *Record) { r.Plan.Danger = k8sops.Destructive }, "change": func(r *Record) { r.Plan.Changes[0].To = "x" }, "diff": func(r *Record) { r.Plan.Diff = "" },
		"target": func(r *Record) { r.Plan.Targets[0].Fingerprint = "g" }, "recreated": func(r *Record) { r.Plan.Targets[0].UID = "2" },
	} {
		r := base()
		change(&r)
		require.NotEqual(t, Digest(base()), Digest(r), name)
	}
	for name, change := range map[string]func(*Record){
		"status moved": func(r *Record) { r.Plan.Targets[0].ResourceVersion = "8" }, "call id": func(r *Record) { r.Identity.Extra = map[string][]string{"x": {"y"}} },
		"time": func(r *Record) { r.ExpiresAt = noon() },
	} {
		r := base()
		change(&r)
		require.Equal(t, Digest(base()), Digest(r), name)
	}
	r := base()
	Digest(r)
	require.Equal(t, "7", r.Plan.Targets[0].ResourceVersion, "the plan itself is left alone")
}
