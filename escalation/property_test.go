package escalation_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opsbot/escalation"
	"opsbot/messages"
)

// drawDirectory is the handbook's table with some people out of reach.
func drawDirectory(t *rapid.T) escalation.Directory {
	table := contacts()
	for i := range table {
		if rapid.Bool().Draw(t, fmt.Sprint("unreachable", i)) {
			table[i].Slack = ""
		}
	}
	d, err := escalation.NewDirectory(table)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func drawAlert(t *rapid.T, now time.Time) escalation.Alert {
	a := alert(rapid.IntRange(1, 3).Draw(t, "fingerprint"),
		"severity", rapid.SampledFrom([]string{"critical", "warning", "info"}).Draw(t, "severity"))
	a.StartsAt = start.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "start")) * time.Minute)
	if rapid.Bool().Draw(t, "resolved") {
		return resolved(a, now)
	}
	return a
}

func drawAction(t *rapid.T) escalation.Action {
	return escalation.Action{
		Kind: rapid.SampledFrom([]escalation.ActionKind{
			escalation.Ack, escalation.Escalate, escalation.Assign, escalation.Diagnosed, escalation.MarkResolved,
			escalation.Reopen, escalation.Note, escalation.SetSeverity, escalation.Record, escalation.ClosePostmortem,
		}).Draw(t, "action"),
		Actor:    rapid.SampledFrom([]string{zhangsan, lisi, "U0OUTSIDER"}).Draw(t, "actor"),
		Assignee: rapid.SampledFrom([]string{wangwu, lisi}).Draw(t, "assignee"),
		Text:     messages.Literal("text"), Entry: escalation.EntryCommand,
	}
}

// checked is a story whose every step is checked for what must always hold.
type checked struct {
	*story
	t   *rapid.T
	ids map[string]bool // of pages
}

func (c *checked) step(change escalation.Change) {
	c.t.Helper()
	before := c.inc
	known := len(c.pages)
	c.apply(change)
	if change.Empty() {
		return
	}
	for _, p := range c.pages[known:] {
		if c.ids[p.ID] {
			c.t.Fatalf("page %s twice", p.ID)
		}
		c.ids[p.ID] = true
		if p.Address == "" {
			c.t.Fatalf("page %s to nobody", p.ID)
		}
		if _, ok := c.sent[escalation.PageKey(p.ID)]; !ok {
			c.t.Fatalf("page %s without a message", p.ID)
		}
	}
	if int64(len(c.pages)) != c.inc.Pages || int64(len(c.entries)) != c.inc.Entries {
		c.t.Fatalf("%d pages and %d entries, the incident counts %d and %d", len(c.pages), len(c.entries), c.inc.Pages, c.inc.Entries)
	}
	if before.Version != 0 && change.Incident.Version != before.Version {
		c.t.Fatalf("a decision changed the version")
	}
	active := c.inc.Status == escalation.Open || c.inc.Status == escalation.Acknowledged
	if active && c.inc.DueAt.IsZero() {
		c.t.Fatalf("an active incident without a deadline is forgotten: %+v", c.inc)
	}
}

func (c *checked) observeAny() {
	if c.inc.Status == escalation.Resolved {
		return // its group opens a new incident
	}
	n := rapid.IntRange(1, 3).Draw(c.t, "alerts")
	var alerts []escalation.Alert
	for range n {
		alerts = append(alerts, drawAlert(c.t, c.now))
	}
	if c.inc.Version == 0 {
		alerts[0].Firing, alerts[0].EndsAt = true, time.Time{}
	}
	c.step(escalation.Observe(c.policy, c.directory, c.inc, c.pages, delivery(c.now, alerts...), c.now))
}

func (c *checked) actAny() {
	change, err := escalation.Act(c.policy, c.directory, c.inc, c.pages, drawAction(c.t), c.now)
	if err == nil {
		c.step(change)
	}
}

// next checks that nothing is done before its time, that something due is done once, and that time goes on.
func (c *checked) next() {
	before := c.inc
	change := escalation.Next(c.policy, c.directory, c.inc, c.pages, c.now)
	isDue := !before.DueAt.IsZero() && !before.DueAt.After(c.now)
	if change.Empty() == isDue {
		c.t.Fatalf("due at %s, now %s: change %+v", before.DueAt, c.now, change)
	}
	c.step(change)
	if !c.inc.DueAt.IsZero() && !c.inc.DueAt.After(c.now) {
		c.t.Fatalf("due at %s after Next at %s", c.inc.DueAt, c.now)
	}
	if again := escalation.Next(c.policy, c.directory, c.inc, c.pages, c.now); !again.Empty() {
		c.t.Fatalf("Next twice at one time")
	}
}

func TestWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &checked{
			story: &story{t: t, policy: handbook(), directory: drawDirectory(rt), now: start,
				inc: escalation.Incident{Number: 12}, sent: map[string]messages.Outbound{}},
			t: rt, ids: map[string]bool{},
		}
		c.observeAny()
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "step") {
			case 0:
				c.observeAny()
			case 1:
				c.actAny()
			case 2:
				c.deliver()
			default:
				c.now = c.now.Add(time.Duration(rapid.IntRange(0, 1200).Draw(rt, "seconds")) * time.Second)
				c.next()
			}
		}
	})
}

func TestSomebodyReachableIsAlwaysPaged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t)
		s.directory = drawDirectory(rt)
		s.observe(alert(1, "role", rapid.SampledFrom([]string{"dba", "network", "system", "development"}).Draw(rt, "role")))
		reachable := s.directory.Reachable(escalation.Everyone)
		if len(reachable) > 0 && len(s.pages) == 0 {
			rt.Fatalf("%d can be paged, nobody was at the opening", len(reachable))
		}
		s.pass(20 * time.Minute)
		paged := map[string]bool{}
		for _, p := range s.pages {
			paged[p.Address] = true
		}
		if len(paged) != len(reachable) {
			rt.Fatalf("%d of %d were paged in 20 minutes", len(paged), len(reachable))
		}
	})
}

func TestNoPageAfterAckUntilTheDeadline(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t)
		s.observe(alert(1))
		s.pass(time.Duration(rapid.IntRange(0, 7200).Draw(rt, "until ack")) * time.Second)
		s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
		s.looked = len(s.pages)
		acked := s.now
		s.pass(s.policy.Stages[escalation.Diagnose].Remind - time.Nanosecond)
		if who := s.paged(); len(who) > 0 {
			rt.Fatalf("acked at %s, paged %v within the time of a reminder", acked, who)
		}
		for _, p := range s.pages {
			if p.State == escalation.PageIntended {
				rt.Fatalf("page %s is still queued", p.ID)
			}
		}
	})
}

func TestDecisionsDoNotTouchTheirArguments(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1), alert(2))
	for n := 3; n < 20; n++ {
		s.observe(alert(n))
	}
	before, pages := clone(s.inc), append([]escalation.Page(nil), s.pages...)
	escalation.Observe(s.policy, s.directory, s.inc, s.pages, delivery(s.now, alert(99), resolved(alert(1), s.now)), s.now)
	_, err := escalation.Act(s.policy, s.directory, s.inc, s.pages, escalation.Action{Kind: escalation.Ack, Actor: lisi}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	escalation.Next(s.policy, s.directory, s.inc, s.pages, s.now.Add(time.Hour))
	if !reflect.DeepEqual(before, s.inc) || !reflect.DeepEqual(pages, s.pages) {
		t.Fatal("a decision changed the incident that it was given")
	}
}

func clone(inc escalation.Incident) escalation.Incident {
	alerts := make(map[string]escalation.Alert, len(inc.Alerts))
	for k, v := range inc.Alerts {
		alerts[k] = v
	}
	inc.Alerts = alerts
	return inc
}
