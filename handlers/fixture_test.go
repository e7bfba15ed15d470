package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/report"
	"opsbot/escalation/webhook"
	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/handlers/operations"
	"opsbot/handlers/roster"
	"opsbot/k8sops"
	"opsbot/k8sops/catalog"
	"opsbot/messages"
	"opsbot/runs"
	"opsbot/store"
	"opsbot/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// The people of the stories. Twin acts as the same Kubernetes user as Admin.
const (
	Admin    = "U0ZHANGSAN"
	Twin     = "U0ZHANGSAN2"
	Lead     = "U0ZHAOLIU"
	Viewer   = "U0QIANQI"
	Guest    = "U0GUEST"
	Stranger = "U0STRANGER"

	room = "C0INCIDENTS"
)

var profiles = map[string]identity.Profile{
	Admin:    {Email: "zhangsan@company.com", Name: "张三", Locale: "zh-CN"},
	Twin:     {Email: "ZhangSan@Company.com", Name: "张三 (second account)"},
	Lead:     {Email: "zhaoliu@company.com", Name: "赵六", Locale: "en-US"},
	Viewer:   {Email: "qianqi@company.com", Name: "钱七"},
	Guest:    {Email: "zhangsan@company.com", Name: "zhangsan of a partner", Foreign: true},
	Stranger: {Email: "stranger@company.com", Name: "stranger"},
}

// mapped are the identities that everybody has at first; a story may change them.
func mapped() []identity.Mapping {
	return []identity.Mapping{
		{Email: "zhangsan@company.com", User: "zhangsan", Groups: []string{"opsbot:system"}},
		{Slack: Lead, User: "zhaoliu", Groups: []string{"opsbot:development"}},
		{Slack: Viewer, User: "qianqi", Groups: []string{"opsbot:viewer"}},
	}
}

// fixture is everything that the pipeline works on: the real store, the real catalogue with a few hand-made operations
// beside it, an API server that answers access reviews, and people.
type fixture struct {
	*handlers.Dispatcher
	t       *testing.T
	url     string
	store   *store.Store
	shared  *sharedRuns
	api     *apiServer
	fake    *fakeOperations
	outbox  *recordedOutbox
	service *engine.Service
	roster  *oncall.Roster
	people  *people
	forms   *openedForms
	clock   *clock
	logs    *observer.ObservedLogs
	presses atomic.Int64
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	return newFixtureAt(t, "sqlite://"+filepath.Join(t.TempDir(), "opsbot.db"), newAPIServer(t))
}

// newFixtureAt is a newFixture on an existing database.
func newFixtureAt(t *testing.T, url string, api *apiServer) *fixture {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	w := &fixture{t: t, url: url, api: api, fake: &fakeOperations{at: 3, fingerprint: "f1", proven: true}, forms: &openedForms{}, clock: &clock{}, logs: logs}
	var err error
	w.store, err = store.Open(t.Context(), url, store.Options{Now: w.clock.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	w.shared = &sharedRuns{Store: w.store, cutOff: make(chan struct{}, 1)}
	w.outbox = &recordedOutbox{store: w.store, cards: map[string][]messages.Outbound{}}
	w.people = &people{profiles: profiles}
	w.roster = newRoster(t, w.store, w.clock.Now)
	w.service = newService(t, w.store, w.roster, w.clock.Now)
	incidents := incidents{w.service, w.store}
	var calls atomic.Int64
	started := time.Now().UnixNano()
	w.Dispatcher = &handlers.Dispatcher{
		Catalog: w.catalog(incidents), Clusters: k8sops.Clusters{api.cluster()}, Identities: &identity.Identities{Mappings: mapped(), People: w.people}, People: w.people,
		Calls: records{w.store, w.outbox}, Shared: w.shared, Schedules: schedules{w.store, w.outbox}, Audit: w.store, Outbox: w.outbox, Incidents: w.accounted(incidents), Forms: w.forms,
		Settings: handlers.Settings{Expires: 10 * time.Minute, RunLimit: time.Minute, Locale: "en"},
		Now:      w.clock.Now, NewID: func() string { return fmt.Sprintf("call-%x-%d", started, calls.Add(1)) }, Log: zap.New(core),
	}
	t.Cleanup(w.settle)
	return w
}

// accounted is what buttons and pins act through, as in the product.
func (w *fixture) accounted(i incidents) handlers.AccountedIncidents {
	return handlers.AccountedIncidents{
		Next: i, Audit: w.store, Identities: &identity.Identities{Mappings: mapped(), People: w.people}, Now: w.clock.Now, Log: zap.NewNop(),
	}
}

// assignable is whoever is mapped, as in the product.
func (w *fixture) assignable(ctx context.Context, user string) error {
	_, err := w.Identities.Identify(ctx, user)
	return err
}

func (w *fixture) feedKeys() *roster.FeedKeys {
	return &roster.FeedKeys{
		Store: w.store, Identities: &identity.Identities{Mappings: mapped(), People: w.people}, Now: w.clock.Now, Log: zap.NewNop(),
	}
}

func (w *fixture) catalog(incidents incidents) []k8sops.Operation {
	deps := catalog.Default()
	deps.Poll, deps.Schedules, deps.Runbooks = time.Millisecond, w.store, w.store.Runbooks()
	more := operations.Incidents{Service: incidents, Timelines: incidents, Assignable: w.assignable, Locale: "en", Now: w.clock.Now}.Operations()
	zone := func(context.Context, string) *time.Location { return time.FixedZone("CST", 8*3600) }
	more = append(more, operations.FollowUps{Service: incidents, Assignable: w.assignable, Zone: zone, Now: w.clock.Now}.Operations()...)
	more = append(more, operations.ApprovalOperations(approvals{w})...)
	more = append(more, roster.OnCall{Directories: w.roster, Overrides: w.store, Zone: zone, Keys: w.feedKeys(), PublicURL: "https://opsbot.company.com", Now: w.clock.Now}.Operations()...)
	catalog, err := catalog.New(deps, append(more, w.fake.operations()...)...)
	require.NoError(w.t, err)
	return catalog
}

// recover does what the next start does: nobody works on what was begun before.
func (w *fixture) recover() error {
	var abandoned []calls.Record
	for _, state := range []calls.State{calls.Accepted, calls.Running} {
		records, err := w.store.Unfinished(w.t.Context(), state)
		require.NoError(w.t, err)
		abandoned = append(abandoned, records...)
	}
	return w.Recover(w.t.Context(), abandoned)
}

// settle waits for everything that runs.
func (w *fixture) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(w.t, w.Close(ctx), "a run does not end")
}

// types is a slash command in the incident channel, with everything that comes of it.
func (w *fixture) types(user, line string) {
	w.t.Helper()
	name, text, _ := strings.Cut(line, " ")
	n := w.presses.Add(1)
	w.Command(w.t.Context(), handlers.Command{
		ID: fmt.Sprintf("trigger-%d", n), Name: name, Text: text, User: user, Channel: room, ResponseURL: fmt.Sprintf("https://hooks.slack.test/%d", n),
		TriggerID: fmt.Sprintf("trigger-%d", n), At: w.Now(),
	})
	w.settle()
}

// presses a button of a message that stands in the incident channel.
func (w *fixture) press(user string, button messages.Action) {
	w.t.Helper()
	w.Action(w.t.Context(), w.pressed(user, button))
	w.settle()
}

func (w *fixture) pressed(user string, button messages.Action) handlers.Action {
	n := w.presses.Add(1)
	return handlers.Action{
		ID: fmt.Sprintf("press-%d", n), Name: button.Name, Value: button.Value, User: user, Channel: room, MessageTS: "100.1", TriggerID: "t", At: w.Now(),
	}
}

// plan types a line that must lead to a question, and returns its card.
func (w *fixture) plan(user, line string) messages.Outbound {
	w.t.Helper()
	w.types(user, line)
	m := w.outbox.last()
	require.NotEmpty(w.t, m.Card.Actions, "a question with buttons:\n%s", plain(m.Card))
	return m
}

func (w *fixture) call(m messages.Outbound) calls.Record {
	w.t.Helper()
	id, found := strings.CutPrefix(m.Key, "call/")
	require.True(w.t, found, m.Key)
	r, err := w.store.Call(w.t.Context(), strings.TrimSuffix(id, "/answer"))
	require.NoError(w.t, err)
	return r
}

// audit is the whole audit record; every look at it checks the chain.
func (w *fixture) audit() []audit.Event {
	w.t.Helper()
	rows, err := w.store.AuditRows(w.t.Context(), 0, 1000)
	require.NoError(w.t, err)
	var prev audit.Row
	var events []audit.Event
	for _, row := range rows {
		require.NoError(w.t, audit.VerifyRow(prev, row))
		prev = row
		events = append(events, decodeEvent(w.t, row))
	}
	return events
}

// audited are the actions of the audit record but for the steps of runs (resume_test.go).
func (w *fixture) audited() []string {
	var actions []string
	for _, e := range w.audit() {
		if !strings.HasPrefix(e.Action, "step done: ") {
			actions = append(actions, e.Action)
		}
	}
	return actions
}

// requirePrivate checks that m is for user's eyes only.
func (w *fixture) requirePrivate(m messages.Outbound, user string) {
	w.t.Helper()
	require.Equal(w.t, user, m.EphemeralTo, "seen by the whole channel:\n%s", plain(m.Card))
	require.Equal(w.t, w.Now().Add(30*time.Minute), m.NotAfter)
}

// recordedOutbox is the store's outbox; it remembers every version of every message.
type recordedOutbox struct {
	store *store.Store
	mu    sync.Mutex
	cards map[string][]messages.Outbound
	order []messages.Outbound
	fail  error
}

func (b *recordedOutbox) Put(ctx context.Context, wanted ...messages.Outbound) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	for _, m := range wanted {
		b.cards[m.Key] = append(b.cards[m.Key], m)
		b.order = append(b.order, m)
	}
	return b.store.Put(ctx, wanted...)
}

// records are the store's calls; what is said in their transactions is in the outbox too.
type records struct {
	*store.Store
	outbox *recordedOutbox
}

func (r records) Create(ctx context.Context, rec calls.Record, e audit.Event, say ...messages.Outbound) error {
	return r.outbox.together(say, func() error { return r.Store.Create(ctx, rec, e, say...) })
}

func (r records) Update(ctx context.Context, changes ...calls.Change) error {
	var say []messages.Outbound
	for _, c := range changes {
		say = append(say, c.Say...)
	}
	return r.outbox.together(say, func() error { return r.Store.Update(ctx, changes...) })
}

func (b *recordedOutbox) together(say []messages.Outbound, store func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil && len(say) > 0 {
		return b.fail
	}
	if err := store(); err != nil {
		return err
	}
	for _, m := range say {
		b.cards[m.Key] = append(b.cards[m.Key], m)
		b.order = append(b.order, m)
	}
	return nil
}

// last is the newest message; the zero one where there is none.
func (b *recordedOutbox) last() messages.Outbound {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.order) == 0 {
		return messages.Outbound{}
	}
	return b.order[len(b.order)-1]
}

// now is what stands under the key of m.
func (b *recordedOutbox) now(m messages.Outbound) messages.Outbound {
	b.mu.Lock()
	defer b.mu.Unlock()
	versions := b.cards[m.Key]
	return versions[len(versions)-1]
}

func (b *recordedOutbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.order)
}

func (b *recordedOutbox) breaks(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

type people struct {
	mu       sync.Mutex
	profiles map[string]identity.Profile
	groups   map[string][]string
	fail     error
}

func (p *people) Profile(_ context.Context, user string) (identity.Profile, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.profiles[user], p.fail
}

func (p *people) Groups(_ context.Context, user string) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.groups[user], p.fail
}

type openedForms struct {
	opened, changed []handlers.FormRequest
	refuse          error
}

// withoutForms makes commands that lack arguments be refused with their usage, as where Slack's trigger has run out.
func (w *fixture) withoutForms() { w.forms.refuse = errors.New("expired_trigger_id") }

func (f *openedForms) OpenForm(_ context.Context, _ string, r handlers.FormRequest) error {
	if f.refuse != nil {
		return f.refuse
	}
	f.opened = append(f.opened, r)
	return nil
}

func (f *openedForms) UpdateForm(_ context.Context, _, _ string, r handlers.FormRequest) error {
	f.changed = append(f.changed, r)
	return nil
}

// clock is noon of a day until a story moves it.
type clock struct{ offset atomic.Int64 }

func (c *clock) Now() time.Time {
	return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).Add(time.Duration(c.offset.Load()))
}

func (c *clock) pass(d time.Duration) { c.offset.Add(int64(d)) }

// incidents joins service and store as the command does.
type incidents struct {
	*engine.Service
	store *store.Store
}

func (s incidents) Incident(ctx context.Context, number int64) (incident.Incident, error) {
	return s.store.Incident(ctx, number)
}

func (s incidents) Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error) {
	return s.store.Incidents(ctx, activeOnly, limit)
}

func (s incidents) WithFollowUps(ctx context.Context, limit int) ([]incident.Incident, error) {
	return s.store.WithFollowUps(ctx, limit)
}

func (s incidents) ByThread(ctx context.Context, channel, threadTS string) (incident.Incident, bool, error) {
	key, ok, err := s.store.MessageKey(ctx, channel, threadTS)
	number, isHeader := strings.CutSuffix(strings.TrimPrefix(key, "incident/"), "/header")
	if err != nil || !ok || !isHeader {
		return incident.Incident{}, false, err
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return incident.Incident{}, false, err
	}
	inc, err := s.store.Incident(ctx, n)
	return inc, true, err
}

func (s incidents) HasThreads(ctx context.Context, channel string) (bool, error) {
	return s.store.HasHeaders(ctx, channel)
}

func (s incidents) Postmortem(ctx context.Context, number int64, _ string) (messages.Card, error) {
	inc, err := s.store.Incident(ctx, number)
	return report.Timeline{Incident: inc}.Report(oncall.Directory{}).Draft().Card(), err
}

func (s incidents) Canvas(context.Context, int64, string) (string, error) {
	return "https://slack.test/canvas", nil
}

func (s incidents) Timeline(ctx context.Context, number int64, _ string, _ operations.Format) (messages.Card, error) {
	inc, err := s.store.Incident(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	entries, err := s.store.Entries(ctx, number)
	return report.Timeline{Incident: inc, Entries: entries}.Report(oncall.Directory{}).Card(), err
}

func (s incidents) PageLedger(ctx context.Context, number int64) (messages.Card, error) {
	inc, err := s.store.Incident(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	pages, err := s.store.Pages(ctx, number)
	return report.Timeline{Incident: inc, Pages: pages}.LedgerCard(oncall.Directory{}), err
}

// newRoster is a table of two people; 张三 takes over from 赵六 at midnight.
func newRoster(t *testing.T, s *store.Store, now func() time.Time) *oncall.Roster {
	t.Helper()
	table, err := oncall.NewDirectory([]oncall.Contact{
		{ID: "zhangsan", Role: "系统管理员", Name: "张三", Phone: "+8613800000001", Slack: Admin}, {ID: "zhaoliu", Role: "开发负责人", Name: "赵六", Slack: Lead},
	}, oncall.Rotation{
		Role: oncall.Development, People: []string{"zhaoliu", "zhangsan"}, Days: 1, First: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	return &oncall.Roster{Table: table, Overrides: s, Now: now}
}

func newService(t *testing.T, s *store.Store, roster *oncall.Roster, now func() time.Time) *engine.Service {
	t.Helper()
	policy := escalation.DefaultPolicy(5*time.Minute, 15*time.Minute, 30*time.Minute, 24*time.Hour)
	policy.Channel = room
	policy.Storm.Groups = 0 // tests open many incidents at once
	service, err := engine.New(engine.Config{Journal: s, Store: s, Openings: s, Queries: s, Alerts: s, Policy: policy, Current: roster, Now: now, Log: zap.NewNop()})
	require.NoError(t, err)
	return service
}

// fires makes an alert open an incident, whose header then stands in the incident channel at the returned timestamp.
func (w *fixture) fires(group string) (number int64, thread string) {
	w.t.Helper()
	ctx := w.t.Context()
	notification, err := webhook.Decode(firing(group), w.Now())
	require.NoError(w.t, err)
	require.NoError(w.t, w.service.Observe(ctx, notification))
	active, err := w.store.Incidents(ctx, true, 1)
	require.NoError(w.t, err)
	number = active[0].Number
	thread = fmt.Sprintf("%d.000100", number)
	rows, _, err := w.store.Outbox().Due(ctx, w.Now(), 100)
	require.NoError(w.t, err)
	for _, row := range rows {
		if row.Key == incident.HeaderKey(number) {
			require.NoError(w.t, w.store.Outbox().Begin(ctx, row.ID, row.Version, w.Now()))
			require.NoError(w.t, w.store.Outbox().Done(ctx, row.ID, row.Version, room, thread, w.Now()))
		}
	}
	return number, thread
}

func (w *fixture) timeline(number int64) string {
	w.t.Helper()
	card, err := incidents{w.service, w.store}.Timeline(w.t.Context(), number, "en", operations.FormatMarkdown)
	require.NoError(w.t, err)
	return printer().CardPlain(card)
}

// firing is the delivery of an alert of its own for each group.
func firing(group string) []byte {
	fingerprint := fnv.New64a()
	fingerprint.Write([]byte(group))
	return fmt.Appendf(nil, `{"version":"4","groupKey":"{}:{}","status":"firing","groupLabels":{"group":%q},"alerts":[{"status":"firing",
		"fingerprint":"%016x","startsAt":"2026-03-02T11:59:00Z","labels":{"alertname":"HighLatency","service":"user-service","severity":"critical"},
		"annotations":{"summary":"user-service is slow"}}]}`, group, fingerprint.Sum64())
}

var loadTexts = sync.OnceValues(messages.Load)

func printer() *messages.Printer {
	catalogue, err := loadTexts()
	if err != nil {
		panic(err)
	}
	return catalogue.Printer("en", messages.Plain())
}

func plain(c messages.Card) string { return printer().CardPlain(c) }

// button finds a button by its label.
func button(t *testing.T, m messages.Outbound, label string) messages.Action {
	t.Helper()
	all := slices.Clone(m.Card.Actions)
	for _, section := range m.Card.Sections {
		all = append(all, section.Actions...)
	}
	for _, a := range all {
		if printer().Text(a.Label) == label {
			return a
		}
	}
	t.Fatalf("no button %q in\n%s", label, plain(m.Card))
	return messages.Action{}
}

// schedules are the store's schedules; what is said in their transactions is in the outbox too.
type schedules struct {
	*store.Store
	outbox *recordedOutbox
}

func (s schedules) AdvanceSchedule(ctx context.Context, due time.Time, next runs.Schedule, say ...messages.Outbound) error {
	return s.outbox.together(say, func() error { return s.Store.AdvanceSchedule(ctx, due, next, say...) })
}
