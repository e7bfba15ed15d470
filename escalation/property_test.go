package escalation_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// drawDirectory is the handbook's table with some people out of reach, or with channels of their own.
func drawDirectory(t *rapid.T) oncall.Directory {
	table := fixture.Contacts()
	for i := range table {
		if rapid.Bool().Draw(t, fmt.Sprint("unreachable", i)) {
			table[i].Slack = ""
		}
		if rapid.Bool().Draw(t, fmt.Sprint("callable", i)) {
			table[i].Phone = fmt.Sprintf("+8613800000%03d", i)
		}
		channels := rapid.Permutation(oncall.Vias()).Draw(t, fmt.Sprint("channels", i))
		table[i].Pages = channels[:rapid.IntRange(0, len(channels)).Draw(t, fmt.Sprint("how many", i))]
	}
	d, err := oncall.NewDirectory(table, drawRotations(t)...)
	if err != nil {
		t.Fatal(err)
	}
	return d.WithOverrides(drawOverrides(t))
}

// drawRotations are turns of some roles, taken by anybody, that change within the hour.
func drawRotations(t *rapid.T) []oncall.Rotation {
	var rotations []oncall.Rotation
	for _, role := range oncall.ContactRoles() {
		if !rapid.Bool().Draw(t, "rotation of "+string(role)) {
			continue
		}
		people := rapid.SliceOfN(rapid.SampledFrom([]string{"zhangsan", "lisi", "wangwu", "zhaoliu"}), 1, 3).Draw(t, "turns")
		first := fixture.Start.AddDate(0, 0, -1).Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "handoff")) * time.Minute)
		rotations = append(rotations, oncall.Rotation{Role: role, People: people, First: first, Days: 1})
	}
	return rotations
}

func drawOverrides(t *rapid.T) []oncall.Override {
	var overrides []oncall.Override
	for i := range rapid.IntRange(0, 2).Draw(t, "overrides") {
		from := fixture.Start.Add(time.Duration(rapid.IntRange(-10, 30).Draw(t, "from")) * time.Minute)
		overrides = append(overrides, oncall.Override{
			Number: int64(i + 1), Role: rapid.SampledFrom(oncall.ContactRoles()).Draw(t, "role"), User: rapid.SampledFrom([]string{fixture.Zhangsan, fixture.Lisi, "U0GONE"}).Draw(t, "stand-in"),
			From: from, Until: from.Add(20 * time.Minute),
		})
	}
	return overrides
}

// drawPolicy is the handbook's, with working hours, severities that wait for them, and severities with deadlines of their own.
func drawPolicy(t *rapid.T) escalation.Policy {
	p := fixture.Handbook()
	if rapid.Bool().Draw(t, "has hours") {
		p.Hours = fixture.DrawHours(t)
	}
	p.Forgotten = time.Duration(rapid.SampledFrom([]int{0, 1, 15, 600}).Draw(t, "forgotten")) * time.Minute
	p.Severities = map[incident.Severity]escalation.SeverityPolicy{}
	for _, severity := range []incident.Severity{incident.Info, incident.Warning, incident.Critical} {
		own := escalation.SeverityPolicy{InHours: rapid.Bool().Draw(t, "in hours")}
		if rapid.Bool().Draw(t, "own deadlines") {
			own.Stages = escalation.DefaultStages(30*time.Minute, time.Hour, 8*time.Hour, 24*time.Hour)
		}
		p.Severities[severity] = own
	}
	return p
}

func drawAlert(t *rapid.T, now time.Time) incident.Alert {
	a := fixture.Alert(rapid.IntRange(1, 3).Draw(t, "fingerprint"),
		"severity", rapid.SampledFrom([]string{"critical", "warning", "info"}).Draw(t, "severity"))
	a.StartsAt = fixture.Start.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "start")) * time.Minute)
	if rapid.Bool().Draw(t, "resolved") {
		return fixture.Resolved(a, now)
	}
	return a
}

func drawAction(t *rapid.T) escalation.Action {
	return escalation.Action{
		Kind: rapid.SampledFrom([]escalation.ActionKind{
			escalation.Ack, escalation.Escalate, escalation.Assign, escalation.Diagnosed, escalation.MarkResolved,
			escalation.Reopen, escalation.Note, escalation.SetSeverity, escalation.Record, escalation.ClosePostmortem,
			escalation.QuoteMessage, escalation.WithdrawQuote, escalation.AddFollowUp, escalation.FinishFollowUp,
			escalation.Handoff, escalation.Working,
		}).Draw(t, "action"),
		Severity: rapid.SampledFrom([]incident.Severity{incident.Info, incident.Warning, incident.Critical}).Draw(t, "severity"),
		Actor:    rapid.SampledFrom([]string{fixture.Zhangsan, fixture.Lisi, "U0OUTSIDER"}).Draw(t, "actor"),
		Assignee: rapid.SampledFrom([]string{fixture.Wangwu, fixture.Lisi}).Draw(t, "assignee"),
		Text:     messages.Literal("text"), Entry: incident.EntryCommand,
		Quote:    escalation.Quote{Message: "C0INCIDENTS/1.000001", Author: fixture.Lisi, At: fixture.Start, Text: "text"},
		FollowUp: incident.FollowUp{Number: 1, Text: "text", Owner: fixture.Lisi, DueAt: fixture.Start.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "due")) * time.Minute)},
	}
}

// checked is a story whose every step is checked for what must always hold.
type checked struct {
	*fixture.Story
	t   *rapid.T
	ids map[string]bool // of pages
}

func (c *checked) step(change escalation.Change) {
	c.t.Helper()
	before := c.Inc
	known := len(c.Pages)
	c.checkUnsent(change)
	c.Apply(change)
	if change.Empty() {
		return
	}
	for _, p := range c.Pages[known:] {
		if c.ids[p.ID] {
			c.t.Fatalf("page %s twice", p.ID)
		}
		c.ids[p.ID] = true
		if p.Address == "" {
			c.t.Fatalf("page %s to nobody", p.ID)
		}
		if _, ok := c.Sent[incident.PageKey(p.ID)]; ok != (p.Via == oncall.ViaSlack) {
			c.t.Fatalf("page %s by %s, message: %v", p.ID, p.Via, ok)
		}
	}
	c.checkOnce()
	c.checkHours(c.Pages[known:])
	if int64(len(c.Pages)) != c.Inc.Pages || int64(len(c.Entries)) != c.Inc.Entries {
		c.t.Fatalf("%d pages and %d entries, the incident counts %d and %d", len(c.Pages), len(c.Entries), c.Inc.Pages, c.Inc.Entries)
	}
	if before.Version != 0 && change.Incident.Version != before.Version {
		c.t.Fatalf("a decision changed the version")
	}
	if before.Version == 0 && c.Inc.Status != incident.Quiet && !anyFiring(c.Inc) {
		c.t.Fatalf("opened with nothing that fires: %+v", c.Inc)
	}
	active := c.Inc.Status == incident.Open || c.Inc.Status == incident.Acknowledged
	if active && c.Inc.DueAt.IsZero() {
		c.t.Fatalf("an active incident without a deadline is forgotten: %+v", c.Inc)
	}
}

// checkUnsent: a page that has not arrived is sent by nothing but the decision to page, and by nothing once somebody
// has the incident.
func (c *checked) checkUnsent(change escalation.Change) {
	sent, cancelled := map[string]bool{}, map[string]bool{}
	for _, m := range change.Messages {
		sent[m.Key] = true
	}
	for _, key := range change.CancelMessages {
		cancelled[key] = true
	}
	isAnswered := !change.Empty() && change.Incident.Owner != c.Inc.Owner
	for _, p := range c.Pages {
		key := incident.PageKey(p.ID)
		if p.Via != oncall.ViaSlack {
			if isAnswered && p.OutsideSlack() && !slices.ContainsFunc(change.Pages, func(q incident.Page) bool { return q.ID == p.ID && !q.OutsideSlack() }) {
				c.t.Fatalf("page %s by %s (%s) can still go out after the answer", p.ID, p.Via, p.State)
			}
			continue
		}
		isArriving := slices.ContainsFunc(change.Pages, func(q incident.Page) bool { return q.ID == p.ID && !q.ReceiptAt.IsZero() })
		switch {
		case !p.ReceiptAt.IsZero() || isArriving:
		case sent[key]:
			c.t.Fatalf("page %s (%s) is sent again", p.ID, p.State)
		case isAnswered && p.State != incident.PageCancelled && !cancelled[key]:
			c.t.Fatalf("page %s (%s) can still go out after the answer", p.ID, p.State)
		}
	}
}

// checkOnce: nobody is paged twice over one channel by one decision and what follows from it.
func (c *checked) checkOnce() {
	seen := map[string]string{}
	for _, p := range c.Pages {
		key := fmt.Sprint(p.Batch, " ", p.Contact, " ", p.Via)
		if first, ok := seen[key]; ok {
			c.t.Fatalf("pages %s and %s are the same", first, p.ID)
		}
		seen[key] = p.ID
	}
}

// checkHours: nobody is paged outside the hours of what can wait, unless a person asks for it or a page that was begun
// goes on on another channel.
func (c *checked) checkHours(pages []incident.Page) {
	for _, p := range pages {
		switch p.Reason {
		case incident.ReasonEscalated, incident.ReasonAssigned, incident.ReasonHandoff, incident.ReasonKept:
			continue
		}
		canWait := p.Stage == incident.Postmortem || c.Policy.Severities[c.Inc.Severity].InHours
		if p.After == "" && canWait && c.Policy.Hours != nil && !fixture.IsWorking(c.Policy.Hours, c.Now) {
			c.t.Fatalf("page %s (%s, %s) at %s, outside working hours", p.ID, c.Inc.Severity, p.Reason, c.Now)
		}
	}
}

func anyFiring(inc incident.Incident) bool {
	for _, a := range inc.Alerts {
		if a.Firing {
			return true
		}
	}
	return false
}

// deliverAny lets Slack take, refuse or be slow with a page, and say so twice.
func (c *checked) deliverAny() {
	if len(c.Pages) == 0 {
		return
	}
	i := rapid.IntRange(0, len(c.Pages)-1).Draw(c.t, "page")
	state := rapid.SampledFrom([]incident.PageState{
		incident.PageAttempted, incident.PageDelivered, incident.PageFailed,
	}).Draw(c.t, "outcome")
	if state == incident.PageAttempted {
		c.Pages[i] = c.Pages[i].Attempted(c.Now)
		return
	}
	entries, pages := len(c.Entries), len(c.Pages)
	isSettled := int64(i) < c.Inc.Settled
	defer func() {
		if isSettled && len(c.Pages) > pages {
			c.t.Fatalf("page %s failed after the answer, and another was sent", c.Pages[i].ID)
		}
	}()
	for range 2 {
		c.step(escalation.Outcome(c.Policy, c.Directory, c.Inc, c.Pages, c.Pages[i].ID, state, "cause", c.Now))
	}
	if len(c.Entries) > entries+1 {
		c.t.Fatalf("one outcome was told twice")
	}
}

func (c *checked) observeAny() {
	if c.Inc.Status == incident.Resolved {
		return // its group opens a new incident
	}
	var deliveries []incident.Notification
	for range rapid.IntRange(1, 3).Draw(c.t, "deliveries") {
		var alerts []incident.Alert
		for range rapid.IntRange(1, 3).Draw(c.t, "alerts") {
			alerts = append(alerts, drawAlert(c.t, c.Now))
		}
		late := time.Duration(rapid.IntRange(0, 2).Draw(c.t, "late")) * time.Minute
		deliveries = append(deliveries, fixture.Delivery(c.Now.Add(-late), alerts...))
	}
	if c.Inc.Version == 0 {
		first := &deliveries[0].Alerts[0]
		first.Firing, first.EndsAt = true, time.Time{}
	}
	c.step(escalation.Observe(c.Policy, c.Directory, c.Inc, c.Pages, deliveries, c.Now))
}

func (c *checked) actAny() {
	change, err := escalation.Act(c.Policy, c.Directory, c.Inc, c.Pages, drawAction(c.t), c.Now)
	if err == nil {
		c.step(change)
	}
}

// next checks that nothing is done before its time, that something due is done once, and that time goes on.
func (c *checked) next() {
	before := c.Inc
	change := escalation.Next(c.Policy, c.Directory, c.Inc, c.Pages, c.Now)
	isDue := !before.DueAt.IsZero() && !before.DueAt.After(c.Now)
	if change.Empty() == isDue {
		c.t.Fatalf("due at %s, now %s: change %+v", before.DueAt, c.Now, change)
	}
	c.step(change)
	if !c.Inc.DueAt.IsZero() && !c.Inc.DueAt.After(c.Now) {
		c.t.Fatalf("due at %s after Next at %s", c.Inc.DueAt, c.Now)
	}
	if again := escalation.Next(c.Policy, c.Directory, c.Inc, c.Pages, c.Now); !again.Empty() {
		c.t.Fatalf("Next twice at one time")
	}
}

func TestWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &checked{
			Story: &fixture.Story{T: t, Policy: drawPolicy(rt), Directory: drawDirectory(rt), Now: fixture.Start,
				Inc: incident.Incident{Number: 12}, Sent: map[string]messages.Outbound{}},
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
				c.deliverAny()
			default:
				unit := rapid.SampledFrom([]time.Duration{time.Second, time.Minute}).Draw(rt, "unit")
				c.Now = c.Now.Add(time.Duration(rapid.IntRange(0, 1200).Draw(rt, "time")) * unit)
				c.next()
			}
		}
	})
}

func TestOldReportsChangeNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := fixture.NewStory(t)
		var taken []incident.Notification
		for i := range rapid.IntRange(1, 8).Draw(rt, "reports") {
			s.Now = fixture.Start.Add(time.Duration(i+1) * time.Second)
			a := fixture.Alert(1)
			a.StartsAt = fixture.Start.Add(time.Duration(rapid.IntRange(-2, 0).Draw(rt, "start")) * time.Minute)
			if i%2 == 1 {
				a = fixture.Resolved(a, s.Now)
			}
			batch := []incident.Notification{fixture.Delivery(s.Now, a)}
			for range rapid.IntRange(0, 3).Draw(rt, "repeats") {
				if len(taken) > 0 {
					batch = append(batch, rapid.SampledFrom(taken).Draw(rt, "repeat"))
				}
			}
			s.Take(batch...)
			taken = append(taken, batch[0])
			if s.Inc.Alerts[a.Fingerprint].Firing != a.Firing {
				rt.Fatalf("report %d says firing: %v, the incident does not", i, a.Firing)
			}
		}
	})
}

func TestSomebodyReachableIsAlwaysPaged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := fixture.NewStory(t)
		s.Directory = drawDirectory(rt)
		s.Observe(fixture.Alert(1, "role", rapid.SampledFrom([]string{"dba", "network", "system", "development"}).Draw(rt, "role")))
		reachable := s.Directory.Reachable(oncall.Everyone)
		if len(reachable) > 0 && len(s.Pages) == 0 {
			rt.Fatalf("%d can be paged, nobody was at the opening", len(reachable))
		}
		s.Pass(20 * time.Minute)
		paged := map[string]bool{}
		for _, p := range s.Pages {
			paged[p.Contact] = true
		}
		if len(paged) != len(reachable) {
			rt.Fatalf("%d of %d were paged in 20 minutes", len(paged), len(reachable))
		}
	})
}

// world is how reliable the ways to people are: over some nothing arrives, and some never say so.
type world struct{ failed, silent map[string]bool } // by contact and channel

func drawWorld(t *rapid.T, d oncall.Directory) world {
	w := world{map[string]bool{}, map[string]bool{}}
	for _, c := range d.All() {
		for _, via := range c.Channels() {
			switch rapid.IntRange(0, 3).Draw(t, fmt.Sprint(c.ID, via)) {
			case 0:
				w.failed[c.ID+string(via)] = true
			case 1:
				w.silent[c.ID+string(via)] = true
			}
		}
	}
	return w
}

func (w world) works(contact string, via oncall.Via) bool {
	return !w.failed[contact+string(via)] && !w.silent[contact+string(via)]
}

// deliver says what became of the pages that were sent.
func (w world) deliver(s *fixture.Story) {
	for _, p := range s.Pages {
		switch {
		case p.State != incident.PageIntended:
		case w.silent[p.Contact+string(p.Via)]:
		case w.failed[p.Contact+string(p.Via)]:
			s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, p.ID, incident.PageFailed, "cause", s.Now))
		default:
			s.Apply(escalation.Outcome(s.Policy, s.Directory, s.Inc, s.Pages, p.ID, incident.PageDelivered, "", s.Now))
		}
	}
}

// unreached are the people over whom a channel works and whom no page since the given one has reached.
func (w world) unreached(s *fixture.Story, since int) map[string]bool {
	people := map[string]bool{}
	for _, c := range s.Directory.All() {
		for _, via := range c.Channels() {
			if w.works(c.ID, via) {
				people[c.ID] = true
			}
		}
	}
	for _, p := range s.Pages[since:] {
		if w.works(p.Contact, p.Via) {
			delete(people, p.Contact)
		}
	}
	return people
}

// runUntilAllAreReached lets time pass from one deadline to the next.
func (w world) runUntilAllAreReached(t *rapid.T, s *fixture.Story, since int) {
	const limit = 200
	for range limit {
		w.deliver(s)
		if len(w.unreached(s, since)) == 0 {
			return
		}
		if s.Inc.DueAt.IsZero() {
			t.Fatalf("%v are never paged: nothing is due any more", w.unreached(s, since))
		}
		if s.Inc.DueAt.After(s.Now) {
			s.Now = s.Inc.DueAt
		}
		s.Apply(escalation.Next(s.Policy, s.Directory, s.Inc, s.Pages, s.Now))
	}
	t.Fatalf("%v were not paged until %s", w.unreached(s, since), s.Now)
}

// TestEverybodyWhoCanBeReachedIsPagedInTheEnd: whatever the severity, the hours and the channels that fail, while something
// fires and nobody does anything, everybody over whom some channel works is paged; and again after somebody has acknowledged
// it and fallen silent.
func TestEverybodyWhoCanBeReachedIsPagedInTheEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := fixture.NewStory(t)
		s.Policy, s.Directory = drawPolicy(rt), drawDirectory(rt)
		w := drawWorld(rt, s.Directory)
		s.Now = fixture.Start.Add(time.Duration(rapid.IntRange(0, 7*24*12).Draw(rt, "at")) * fixture.Grid)
		s.Observe(fixture.Alert(1, "severity", rapid.SampledFrom([]string{"critical", "warning", "info"}).Draw(rt, "severity"),
			"role", rapid.SampledFrom([]string{"dba", "network", "system", "development"}).Draw(rt, "role")))
		w.runUntilAllAreReached(rt, s, 0)
		s.Must(escalation.Action{Kind: escalation.Ack, Actor: rapid.SampledFrom([]string{fixture.Zhangsan, fixture.Lisi, "U0OUTSIDER"}).Draw(rt, "owner")})
		w.runUntilAllAreReached(rt, s, len(s.Pages))
	})
}

func TestNoPageAfterAckUntilAReminderIsDue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := fixture.NewStory(t)
		s.Policy = drawPolicy(rt)
		a := fixture.Alert(1, "severity", rapid.SampledFrom([]string{"critical", "warning", "info"}).Draw(rt, "severity"))
		s.Observe(a)
		s.Pass(time.Duration(rapid.IntRange(0, 7200).Draw(rt, "until ack")) * time.Second)
		s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
		s.Looked = len(s.Pages)
		acked := s.Now
		s.Pass(s.Policy.Stage(a.Severity(), incident.Diagnose).Remind - time.Nanosecond)
		if who := s.Paged(); len(who) > 0 {
			rt.Fatalf("acked at %s, paged %v within the time of a reminder", acked, who)
		}
		for _, p := range s.Pages {
			if p.State == incident.PageIntended {
				rt.Fatalf("page %s is still queued", p.ID)
			}
		}
	})
}

func TestDecisionsDoNotTouchTheirArguments(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1), fixture.Alert(2))
	for n := 3; n < 20; n++ {
		s.Observe(fixture.Alert(n))
	}
	before, pages := clone(s.Inc), append([]incident.Page(nil), s.Pages...)
	escalation.Observe(s.Policy, s.Directory, s.Inc, s.Pages,
		[]incident.Notification{fixture.Delivery(s.Now, fixture.Alert(99), fixture.Resolved(fixture.Alert(1), s.Now.Add(time.Second)))}, s.Now)
	_, err := escalation.Act(s.Policy, s.Directory, s.Inc, s.Pages, escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi}, s.Now)
	if err != nil {
		t.Fatal(err)
	}
	escalation.Next(s.Policy, s.Directory, s.Inc, s.Pages, s.Now.Add(time.Hour))
	if !reflect.DeepEqual(before, s.Inc) || !reflect.DeepEqual(pages, s.Pages) {
		t.Fatal("a decision changed the incident that it was given")
	}
}

func clone(inc incident.Incident) incident.Incident {
	alerts := make(map[string]incident.Alert, len(inc.Alerts))
	for k, v := range inc.Alerts {
		alerts[k] = v
	}
	inc.Alerts = alerts
	return inc
}
