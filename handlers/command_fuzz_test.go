package handlers_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/handlers/operations"
	"opsbot/k8sops"
	"opsbot/k8sops/catalog"
	"opsbot/messages"
)

// FuzzCommand: whatever is typed, there is exactly one message, it has something to say, and nothing panics.
func FuzzCommand(f *testing.F) {
	for _, seed := range [][2]string{
		{"/turn", "5"}, {"/scale", "user -1"}, {"/ops", ""}, {"/shake", "--to=5 --service user"}, {"/incident", "note \"a"}, {"/look", "\x00"},
		{"/backup", "db"}, {"", ""}, {"/ops", "help backup db"}, {"/incident", "assign <@U1|x>"}, {"/wipe", "— –5"}, {"k-turn", "１"},
		{"/status", "user --cluster lost"}, {"/scale", "user 5 --cluster=demo"}, {"/turn", "5 --cluster demo"},
	} {
		f.Add(seed[0], seed[1])
	}
	d, outbox := fuzzed(f)
	f.Fuzz(func(t *testing.T, name, text string) {
		outbox.clear()
		d.Command(t.Context(), handlers.Command{ID: d.NewID(), Name: name, Text: text, User: Lead, Channel: room, At: d.Now()})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		require.NoError(t, d.Close(ctx))
		keys := outbox.keys()
		require.Len(t, keys, 1, "%q %q", name, text)
		for _, m := range keys {
			said := plain(m.Card)
			require.NotEmpty(t, said)
			require.True(t, utf8.ValidString(said))
			for _, a := range m.Card.Actions {
				require.LessOrEqual(t, utf8.RuneCountInString(a.Value), 2000, "a button's value (SF-4.51)")
			}
		}
	})
}

// fuzzed is a pipeline whose cluster allows and whose store forgets everything.
func fuzzed(f *testing.F) (*handlers.Dispatcher, *lastVersions) {
	l := &fakeOperations{at: 3, proven: true}
	api := newAPIServer(&testing.T{})
	f.Cleanup(api.Close)
	outbox := &lastVersions{}
	calls := &memoryCalls{records: map[string]calls.Record{}, outbox: outbox}
	anybody := func(context.Context, string) error { return nil }
	deps := catalog.Default()
	deps.RolloutTimeout, deps.Poll = time.Nanosecond, time.Nanosecond
	clusters := k8sops.Clusters{api.cluster(), api.named(strings.Repeat("x", 63)), {Name: "lost", Namespace: namespace}}
	deps.Clusters = clusters.Names()
	incidents := operations.Incidents{Service: noIncidents{}, Timelines: noIncidents{}, Assignable: anybody, Locale: "en", Now: time.Now}
	catalog, err := catalog.New(deps, append(incidents.Operations(), l.operations()...)...)
	require.NoError(f, err)
	p := &people{profiles: profiles}
	return &handlers.Dispatcher{
		Catalog: catalog, Clusters: clusters, Identities: &identity.Identities{Mappings: mapped(), People: p}, People: p, Calls: calls, Outbox: outbox,
		Incidents: noIncidents{}, Settings: handlers.Settings{Expires: time.Minute, RunLimit: time.Minute, Locale: "en"},
		Now: time.Now, NewID: calls.newID, Log: zap.NewNop(),
	}, outbox
}

// lastVersions holds the newest message of every key until it is wiped.
type lastVersions struct {
	mu    sync.Mutex
	shown map[string]messages.Outbound
}

func (b *lastVersions) Put(_ context.Context, wanted ...messages.Outbound) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range wanted {
		b.shown[m.Key] = m
	}
	return nil
}

func (b *lastVersions) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = map[string]messages.Outbound{}
}

func (b *lastVersions) keys() map[string]messages.Outbound {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shown
}

// noIncidents has no incidents.
type noIncidents struct{}

func (noIncidents) Act(context.Context, int64, escalation.Action) (incident.Incident, error) {
	return incident.Incident{}, incident.ErrNotFound
}
func (noIncidents) ByThread(context.Context, string, string) (incident.Incident, bool, error) {
	return incident.Incident{}, false, nil
}
func (noIncidents) Incident(context.Context, int64) (incident.Incident, error) {
	return incident.Incident{}, incident.ErrNotFound
}
func (noIncidents) HasThreads(context.Context, string) (bool, error) { return false, nil }
func (noIncidents) Incidents(context.Context, bool, int) ([]incident.Incident, error) {
	return nil, nil
}
func (noIncidents) Postmortem(context.Context, int64, string) (messages.Card, error) {
	return messages.Card{}, nil
}

func (noIncidents) Declare(context.Context, string, incident.Severity, oncall.Role, string) (int64, error) {
	return 1, nil
}

func (noIncidents) Canvas(context.Context, int64, string) (string, error) {
	return "", operations.ErrNoCanvas
}

func (noIncidents) WithFollowUps(context.Context, int) ([]incident.Incident, error) { return nil, nil }

func (noIncidents) PageLedger(context.Context, int64) (messages.Card, error) {
	return messages.Card{}, incident.ErrNotFound
}

func (noIncidents) Timeline(context.Context, int64, string, operations.Format) (messages.Card, error) {
	return messages.Card{}, incident.ErrNotFound
}
