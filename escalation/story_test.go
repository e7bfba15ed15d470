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
