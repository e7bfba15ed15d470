package escalation_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

// story plays one incident against the pure decisions, with a clock that only moves when it is told to.
type story struct {
	t         testing.TB
	policy    escalation.Policy
	directory escalation.Directory
	now       time.Time
	inc       escalation.Incident
	pages     []escalation.Page
	entries   []escalation.Entry
	sent      map[string]messages.Outbound
	cancelled []string
	looked    int
}

func newStory(t testing.TB) *story {
	return &story{t: t, policy: handbook(), directory: directory(t), now: start, inc: escalation.Incident{Number: 12}, sent: map[string]messages.Outbound{}}
}

func (s *story) apply(c escalation.Change) {
	if c.Incident.Number == 0 {
		return
	}
	s.inc = c.Incident
	s.inc.Version++
	s.entries = append(s.entries, c.Entries...)
	for _, p := range c.Pages {
		i := slices.IndexFunc(s.pages, func(q escalation.Page) bool { return q.ID == p.ID })
		if i < 0 {
			s.pages = append(s.pages, p)
		} else {
			s.pages[i] = p
		}
	}
	for _, m := range c.Messages {
		s.sent[m.Key] = m
	}
	s.cancelled = append(s.cancelled, c.CancelMessages...)
}

func (s *story) observe(alerts ...escalation.Alert) { s.observeOf(s.now, alerts...) }

// observeOf takes in, now, what was received at another time.
func (s *story) observeOf(receivedAt time.Time, alerts ...escalation.Alert) {
	s.take(delivery(receivedAt, alerts...))
}

func (s *story) take(deliveries ...escalation.Notification) {
	s.apply(escalation.Observe(s.policy, s.directory, s.inc, s.pages, deliveries, s.now))
}

func (s *story) act(a escalation.Action) error {
	c, err := escalation.Act(s.policy, s.directory, s.inc, s.pages, a, s.now)
	if err == nil {
		s.apply(c)
	}
	return err
}

func (s *story) must(a escalation.Action) {
	s.t.Helper()
	require.NoError(s.t, s.act(a))
}

// pass lets time pass, doing what becomes due when it does.
func (s *story) pass(d time.Duration) {
	end := s.now.Add(d)
	for !s.inc.DueAt.IsZero() && !s.inc.DueAt.After(end) {
		if s.inc.DueAt.After(s.now) {
			s.now = s.inc.DueAt
		}
		s.apply(escalation.Next(s.policy, s.directory, s.inc, s.pages, s.now))
	}
	s.now = end
}

// deliver says that Slack took all pages so far.
func (s *story) deliver() {
	for _, p := range s.pages {
		if p.State == escalation.PageIntended {
			s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, p.ID, escalation.PageDelivered, "", s.now))
		}
	}
}

// paged are the Slack ids of the pages since it was asked last, in order.
func (s *story) paged() []string {
	var who []string
	for _, p := range s.pages[s.looked:] {
		who = append(who, p.Address)
	}
	s.looked = len(s.pages)
	return who
}

func (s *story) outcome(id string, state escalation.PageState, detail string) {
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, id, state, detail, s.now))
}

func (s *story) vias() (list []escalation.Via) {
	for _, p := range s.pages {
		list = append(list, p.Via)
	}
	return list
}

// reminders are the thread's messages about overdue follow-ups.
func (s *story) reminders() []messages.Card {
	var cards []messages.Card
	for n := 1; ; n++ {
		m, ok := s.sent[escalation.FollowUpKey(12, 1, n)]
		if !ok {
			return cards
		}
		cards = append(cards, m.Card)
	}
}

// told is what the stakeholders read of the incident.
func (s *story) told() string {
	s.t.Helper()
	m := s.sent[escalation.UpdateKey(12)]
	require.Equal(s.t, "C0STATUS", m.Channel)
	return words(printer(s.t, "en"), m.Card)
}

// resolution is the thread's message that says that it is over.
func (s *story) resolution() messages.Card {
	s.t.Helper()
	for _, e := range s.entries {
		switch e.Text.ID {
		case "escalation.entry.resolved", "escalation.entry.resolved_by", "escalation.entry.resolved_unheard":
			return s.sent[escalation.EntryKey(12, e.Number)].Card
		}
	}
	s.t.Fatal("nobody said that it is over")
	return messages.Card{}
}

func header(s *story) messages.Card { return s.sent[escalation.HeaderKey(12)].Card }

// mendedStory is an incident from its alert to its resolution.
func mendedStory(t *testing.T) *story {
	s := newStory(t)
	a := alert(1)
	a.Annotations["summary"] = "a | b <script> `c`"
	s.observe(a)
	s.deliver()
	s.pass(5 * time.Minute)
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/2", escalation.PageFailed, "user_not_found", s.now))
	s.pass(90 * time.Second)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.must(escalation.Action{Kind: escalation.Record, Actor: lisi, Entry: escalation.EntryCommand,
		Text: messages.New("escalation.entry.note", "user", messages.User(lisi), "note", messages.Code("logs user --grep 'a|b'"))})
	s.pass(3 * time.Minute)
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi, Text: messages.Literal("disk full")})
	s.pass(2 * time.Minute)
	s.observe(resolved(a, s.now))
	s.pass(time.Hour)
	s.must(escalation.Action{Kind: escalation.AddFollowUp, Actor: zhangsan,
		FollowUp: escalation.FollowUp{Text: "alert on <b>growth</b> of the WAL", Owner: lisi, DueAt: start.Add(7 * 24 * time.Hour)}})
	s.must(escalation.Action{Kind: escalation.AddFollowUp, Actor: lisi, FollowUp: escalation.FollowUp{Text: "write a runbook", Owner: lisi}})
	s.must(escalation.Action{Kind: escalation.FinishFollowUp, Actor: lisi, FollowUp: escalation.FollowUp{Number: 2}})
	return s
}

func (s *story) report() escalation.Report {
	return escalation.Timeline{Incident: s.inc, Entries: s.entries, Pages: s.pages}.Report(s.directory)
}

func (s *story) reported() string {
	s.t.Helper()
	return s.report().Markdown(printer(s.t, "en"))
}

// newHeldStory has a policy that lets info wait for working hours, and warnings take half an hour to be answered.
func newHeldStory(t testing.TB) *story {
	s := newStory(t)
	s.policy.Hours = officeHours(t, "UTC")
	s.policy.Severities = map[escalation.Severity]escalation.SeverityPolicy{
		escalation.Info:    {InHours: true},
		escalation.Warning: {Stages: escalation.DefaultStages(30*time.Minute, time.Hour, 4*time.Hour, 24*time.Hour)},
	}
	s.now = sunday
	return s
}

func info(n int) escalation.Alert { return alert(n, "severity", "info") }

// sunday is outside working hours, which are from Monday to Friday, 09:00 to 18:00 UTC; start is when they begin on Monday.
var sunday = start.Add(-24 * time.Hour)
