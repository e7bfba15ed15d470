package handlers_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

func TestAForm(t *testing.T) {
	w := newFixture(t)
	w.press(Admin, messages.Action{Name: calls.ActionForm, Value: "scale"})
	require.Len(t, w.forms.opened, 1)
	form := w.forms.opened[0]
	require.Equal(t, []any{"scale", k8sops.Choices("user-service"), "zh-CN"}, []any{form.Operation.Name, form.Choices["service"], form.Locale})
	require.Empty(t, w.api.impersonated(""), "the workloads are listed with the person's own rights")

	submission := handlers.Submission{ID: "s1", CallbackID: handlers.CallbackRun, Metadata: "scale", User: Admin, At: w.Now(),
		Values: map[string]string{"service": "user-service", "replicas": "five", "except": "", "undeclared": "x"}}
	problems := w.ValidateSubmission(t.Context(), submission)
	require.Len(t, problems, 1)
	require.Contains(t, printer().Text(problems["replicas"]), "five")
	submission.Values["replicas"] = "5"
	require.Empty(t, w.ValidateSubmission(t.Context(), submission))
	w.Submit(t.Context(), submission)
	w.Submit(t.Context(), submission)
	w.settle()
	require.EqualValues(t, 5, w.api.replicas)
	require.Equal(t, "scale user-service 5", w.call(w.outbox.last()).Command)
	require.Equal(t, []string{"requested", "started", "succeeded"}, w.audited(), "submitted twice, run once")
}

func TestAFormForAStranger(t *testing.T) {
	w := newFixture(t)
	w.press(Stranger, messages.Action{Name: calls.ActionForm, Value: "scale"})
	require.Empty(t, w.forms.opened)
	w.requirePrivate(w.outbox.last(), Stranger)
}

func TestAFormOfAnotherVersion(t *testing.T) {
	w := newFixture(t)
	for _, s := range []handlers.Submission{
		{ID: "1", CallbackID: handlers.CallbackRun, Metadata: "teleport", User: Lead, At: w.Now()}, {ID: "2", CallbackID: "vote", User: Lead, At: w.Now()},
	} {
		require.Empty(t, w.ValidateSubmission(t.Context(), s))
		w.Submit(t.Context(), s)
		require.Equal(t, Lead, w.outbox.last().Channel)
		require.Contains(t, plain(w.outbox.last().Card), "older version of opsbot", "what was typed does not vanish without a word")
	}
}

func TestMissingArgumentsOpenAForm(t *testing.T) {
	w := newFixture(t)
	w.types(Admin, "/scale user")
	require.Len(t, w.forms.opened, 1)
	form := w.forms.opened[0]
	require.Equal(t, []any{"scale", k8sops.Args{"service": "user-service"}, k8sops.Choices("user-service")},
		[]any{form.Operation.Name, form.Known, form.Choices["service"]}, "what was typed is filled in")
	require.Zero(t, w.outbox.count())
	require.Empty(t, w.audited(), "nothing has been asked for yet")

	w.Submit(t.Context(), handlers.Submission{ID: "s", CallbackID: handlers.CallbackRun, Metadata: form.Metadata, User: Admin, At: w.Now(),
		Values: map[string]string{"service": "user-service", "replicas": "5"}})
	w.settle()
	require.EqualValues(t, 5, w.api.replicas)
	require.Equal(t, room, w.outbox.last().Channel, "the answer stands where the command was typed")
}

func TestAFormThatCannotBeOpened(t *testing.T) {
	w := newFixture(t)
	w.withoutForms()
	w.types(Admin, "/scale user")
	m := w.outbox.last()
	w.requirePrivate(m, Admin)
	require.Contains(t, plain(m.Card), "replicas")
	require.Equal(t, messages.Action{Name: calls.ActionForm, Label: messages.New("button.form"), Value: "scale user"}, m.Card.Actions[0])
	w.forms.refuse = nil
	w.press(Admin, m.Card.Actions[0])
	require.Len(t, w.forms.opened, 1)
	require.Equal(t, "user-service", w.forms.opened[0].Known["service"])
}

// A mention gives no trigger, so that its answer offers a button which does.
func TestAMentionOffersTheForm(t *testing.T) {
	w := newFixture(t)
	w.Mention(t.Context(), handlers.Mention{ID: "e1", Text: "turn", User: Admin, Channel: room, TS: "5.1", At: w.Now()})
	w.settle()
	require.Empty(t, w.forms.opened)
	require.Equal(t, calls.ActionForm, w.outbox.last().Card.Actions[0].Name)
}

func TestAChoiceChangesTheForm(t *testing.T) {
	w := newFixture(t)
	w.Catalog = append(w.Catalog, k8sops.Operation{
		Meta: k8sops.Meta{Name: "paint", Summary: messages.Literal("paint")},
		Args: []k8sops.Arg{
			{Name: "wall", Kind: k8sops.KindString, Positional: true, Required: true},
			{Name: "colour", Kind: k8sops.KindString, OfferNeeds: "wall", Offer: func(_ context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
				return k8sops.Choices("red for " + call.Args["wall"]), nil
			}},
		},
	})
	w.press(Admin, messages.Action{Name: calls.ActionForm, Value: "paint"})
	require.Empty(t, w.forms.opened[0].Choices)
	a := w.pressed(Admin, messages.Action{Name: "wall", Value: "north"})
	a.Channel, a.MessageTS = "", ""
	a.Form = &handlers.OpenForm{View: "V1", Hash: "h", Submission: handlers.Submission{CallbackID: handlers.CallbackRun,
		Metadata: w.forms.opened[0].Metadata, User: Admin, Values: map[string]string{"wall": "north"}}}
	w.Action(t.Context(), a)
	require.Len(t, w.forms.changed, 1)
	require.Equal(t, k8sops.Choices("red for north"), w.forms.changed[0].Choices["colour"])
	require.Zero(t, w.outbox.count())
}

const typed = "correct horse battery staple"

// lock is an operation with a secret; it keeps what its step was given.
type lock struct{ planned, given string }

type lockArgs struct {
	Door string
	Code k8sops.Secret
}

func (l *lock) operation() k8sops.Operation {
	type state struct{ Length int }
	return k8sops.ChangeSpec[lockArgs, state]{
		Meta: k8sops.Meta{
			Name: "lock", Summary: messages.Literal("lock"), Danger: k8sops.Destructive, Owners: []k8sops.Role{k8sops.System},
			Access: []k8sops.Access{{Verb: "patch", Resource: "levers", Group: "test"}},
		},
		Args: func(a *lockArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "door", Into: &a.Door, Positional: true, Required: true}, {Name: "code", Into: &a.Code}}
		},
		Plan: func(_ context.Context, _ *k8sops.Call, args lockArgs) (*k8sops.Plan, state, error) {
			code, err := args.Code.Reveal()
			l.planned = code
			return &k8sops.Plan{Summary: messages.Literal("Lock the door")}, state{len(code)}, err
		},
		Steps: []k8sops.Step[lockArgs, state]{{Name: "turn", Resume: k8sops.Again, Do: func(_ context.Context, r *k8sops.Run[lockArgs, state]) (err error) {
			l.given, err = r.Args.Code.Reveal()
			return err
		}}},
		Verify: func(context.Context, *k8sops.Run[lockArgs, state]) (*k8sops.Verification, error) {
			return &k8sops.Verification{OK: true, Summary: messages.Literal("locked")}, nil
		},
	}.Operation()
}

func (w *fixture) submitsLock(t *testing.T, id string) {
	t.Helper()
	w.Submit(t.Context(), handlers.Submission{ID: id, CallbackID: handlers.CallbackRun, Metadata: "lock", User: Admin, At: w.Now(),
		Values: map[string]string{"door": "front", "code": typed}})
	w.settle()
}

func TestASecretGoesFromTheFormToTheStep(t *testing.T) {
	w, l := newFixture(t), &lock{}
	w.Catalog = append(w.Catalog, l.operation())
	w.types(Admin, "/lock front --code")
	require.Equal(t, k8sops.Args{"door": "front"}, w.forms.opened[0].Known, "the flag alone asks for it")
	w.submitsLock(t, "s1")
	asked := w.outbox.last()
	require.Equal(t, typed, l.planned)
	w.press(Lead, asked.Card.Actions[0])
	require.Equal(t, typed, l.given)
	r := w.call(asked)
	require.Equal(t, []any{calls.Succeeded, "lock front --code", k8sops.Args{"door": "front", "code": k8sops.Typed}}, []any{r.State, r.Command, r.Args})
	w.requireNowhere(t, typed, asked)
	again := &k8sops.Invocation{Operation: "lock", Args: r.Args}
	require.Equal(t, "lock front --code", again.Line(w.Catalog))
}

// requireNowhere looks for a secret in all that was stored, said and logged.
func (w *fixture) requireNowhere(t *testing.T, secret string, about messages.Outbound) {
	t.Helper()
	w.outbox.mu.Lock()
	said, err := json.Marshal(w.outbox.order)
	w.outbox.mu.Unlock()
	require.NoError(t, err)
	record, err := json.Marshal(w.call(about))
	require.NoError(t, err)
	audit, err := json.Marshal(w.audit())
	require.NoError(t, err)
	var logs strings.Builder
	for _, entry := range w.logs.All() {
		line, err := json.Marshal(entry.ContextMap())
		require.NoError(t, err)
		logs.WriteString(entry.Message + string(line))
	}
	for where, text := range map[string]string{"messages": string(said), "record": string(record), "audit": string(audit), "logs": logs.String()} {
		require.NotEmpty(t, text, where)
		require.NotContains(t, text, secret, where)
	}
}

func TestASecretIsGoneAfterARestart(t *testing.T) {
	w, l := newFixture(t), &lock{}
	w.Catalog = append(w.Catalog, l.operation())
	w.submitsLock(t, "s1")
	asked := w.outbox.last()
	w.HandOver()
	w.settle()
	require.NoError(t, w.store.Close())
	next := newFixtureAt(t, w.url, w.api)
	next.Catalog = append(next.Catalog, l.operation())
	next.press(Lead, asked.Card.Actions[0])
	require.Contains(t, plain(next.outbox.last().Card), "opsbot was restarted after you filled in the form")
	require.Empty(t, l.given)
}

func TestASecretInACommandIsRefusedAndNotStored(t *testing.T) {
	for _, line := range []string{
		"/lock front --code hunter2-xyz", "/lock front --code=hunter2-xyz", "/lock --code hunter2-xyz front", "/lock front hunter2-xyz",
		"/lokc front hunter2-xyz", "/lock front --hunter2-xyz", "/turn 5 --service password=hunter2-xyz", "/look postgres://app:hunter2-xyz@db/orders",
		"/ops lock front hunter2-xyz",
	} {
		t.Run(line, func(t *testing.T) {
			w, l := newFixture(t), &lock{}
			w.Catalog = append(w.Catalog, l.operation())
			w.types(Admin, line)
			m := w.outbox.last()
			w.requirePrivate(m, Admin)
			require.Empty(t, w.forms.opened)
			w.requireNowhere(t, "hunter2", m)
			require.Empty(t, l.planned)
		})
	}
}

func TestASecretIsCheckedBeforeTheFormCloses(t *testing.T) {
	w, l := newFixture(t), &lock{}
	w.Catalog = append(w.Catalog, l.operation())
	for value, want := range map[string]string{
		" x": "begins or ends with a space", "a\nb": "control characters", strings.Repeat("x", 3001): "too long", typed: "",
	} {
		problems := w.ValidateSubmission(t.Context(), handlers.Submission{CallbackID: handlers.CallbackRun, Metadata: "lock", User: Admin,
			Values: map[string]string{"door": "front", "code": value}})
		if want == "" {
			require.Empty(t, problems)
			continue
		}
		require.Contains(t, printer().Text(problems["code"]), want)
	}
}

// Slack's menu of people and its picker of times give other values than people type.
func TestWhatSlackGivesIsTakenAsItWouldBeTyped(t *testing.T) {
	w := newFixture(t)
	w.fires("g")
	w.Submit(t.Context(), handlers.Submission{ID: "s1", CallbackID: handlers.CallbackRun, Metadata: "incident assign", User: Lead, At: w.Now(),
		Values: map[string]string{"user": Admin, "incident": "1"}})
	w.settle()
	require.Contains(t, plain(w.outbox.last().Card), "INC-1")
	require.Equal(t, "incident assign <@"+Admin+"> 1", strings.ReplaceAll(w.call(w.outbox.last()).Command, `"`, ""))
	w.Submit(t.Context(), handlers.Submission{ID: "s2", CallbackID: handlers.CallbackRun, Metadata: "scale plan", User: Lead, At: w.Now(),
		Values: map[string]string{"service": "user-service", "replicas": "4", "at": "1772460000"}})
	w.settle()
	require.Contains(t, w.call(w.outbox.last()).Command, "--at 2026-03-02T14:00:00Z")
}

func TestAFormWhoseTargetIsGone(t *testing.T) {
	w := newFixture(t)
	w.types(Admin, "/scale user")
	w.Submit(t.Context(), handlers.Submission{ID: "s", CallbackID: handlers.CallbackRun, Metadata: w.forms.opened[0].Metadata, User: Admin, At: w.Now(),
		Values: map[string]string{"service": "usr-service", "replicas": "5"}})
	w.settle()
	m := w.outbox.last()
	w.requirePrivate(m, Admin)
	require.Equal(t, room, m.Channel)
	require.Contains(t, plain(m.Card), "usr-service")
	require.Equal(t, calls.Refused, w.call(m).State)
	require.NotEqual(t, 5, w.api.replicas)
}
