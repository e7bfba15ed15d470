package escalation_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"opsbot/escalation"
	"opsbot/messages"
)

// drawDirectory is the handbook's table with some people out of reach, or with channels of their own.
func drawDirectory(t *rapid.T) escalation.Directory {
	table := contacts()
	for i := range table {
		if rapid.Bool().Draw(t, fmt.Sprint("unreachable", i)) {
			table[i].Slack = ""
		}
		if rapid.Bool().Draw(t, fmt.Sprint("callable", i)) {
			table[i].Phone = fmt.Sprintf("+8613800000%03d", i)
		}
		channels := rapid.Permutation(escalation.Vias()).Draw(t, fmt.Sprint("channels", i))
		table[i].Pages = channels[:rapid.IntRange(0, len(channels)).Draw(t, fmt.Sprint("how many", i))]
	}
	d, err := escalation.NewDirectory(table, drawRotations(t)...)
	if err != nil {
		t.Fatal(err)
	}
	return d.WithOverrides(drawOverrides(t))
}

// drawRotations are turns of some roles, taken by anybody, that change within the hour.
func drawRotations(t *rapid.T) []escalation.Rotation {
	var rotations []escalation.Rotation
	for _, role := range escalation.ContactRoles() {
		if !rapid.Bool().Draw(t, "rotation of "+string(role)) {
			continue
		}
		people := rapid.SliceOfN(rapid.SampledFrom([]string{"zhangsan", "lisi", "wangwu", "zhaoliu"}), 1, 3).Draw(t, "turns")
		first := start.AddDate(0, 0, -1).Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "handoff")) * time.Minute)
		rotations = append(rotations, escalation.Rotation{Role: role, People: people, First: first, Days: 1})
	}
	return rotations
}

func drawOverrides(t *rapid.T) []escalation.Override {
	var overrides []escalation.Override
	for i := range rapid.IntRange(0, 2).Draw(t, "overrides") {
		from := start.Add(time.Duration(rapid.IntRange(-10, 30).Draw(t, "from")) * time.Minute)
		overrides = append(overrides, escalation.Override{
			Number: int64(i + 1), Role: rapid.SampledFrom(escalation.ContactRoles()).Draw(t, "role"), User: rapid.SampledFrom([]string{zhangsan, lisi, "U0GONE"}).Draw(t, "stand-in"),
			From: from, Until: from.Add(20 * time.Minute),
		})
	}
	return overrides
}

// drawPolicy is the handbook's, with working hours, severities that wait for them, and severities with deadlines of their own.
func drawPolicy(t *rapid.T) escalation.Policy {
	p := handbook()
	if rapid.Bool().Draw(t, "has hours") {
		p.Hours = drawHours(t)
	}
	p.Forgotten = time.Duration(rapid.SampledFrom([]int{0, 1, 15, 600}).Draw(t, "forgotten")) * time.Minute
	p.Severities = map[escalation.Severity]escalation.SeverityPolicy{}
	for _, severity := range []escalation.Severity{escalation.Info, escalation.Warning, escalation.Critical} {
		own := escalation.SeverityPolicy{InHours: rapid.Bool().Draw(t, "in hours")}
		if rapid.Bool().Draw(t, "own deadlines") {
			own.Stages = escalation.DefaultStages(30*time.Minute, time.Hour, 8*time.Hour, 24*time.Hour)
		}
		p.Severities[severity] = own
	}
	return p
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
			escalation.QuoteMessage, escalation.WithdrawQuote, escalation.AddFollowUp, escalation.FinishFollowUp,
			escalation.Handoff, escalation.Working,
		}).Draw(t, "action"),
		Severity: rapid.SampledFrom([]escalation.Severity{escalation.Info, escalation.Warning, escalation.Critical}).Draw(t, "severity"),
		Actor:    rapid.SampledFrom([]string{zhangsan, lisi, "U0OUTSIDER"}).Draw(t, "actor"),
		Assignee: rapid.SampledFrom([]string{wangwu, lisi}).Draw(t, "assignee"),
		Text:     messages.Literal("text"), Entry: escalation.EntryCommand,
		Quote:    escalation.Quote{Message: "C0INCIDENTS/1.000001", Author: lisi, At: start, Text: "text"},
		FollowUp: escalation.FollowUp{Number: 1, Text: "text", Owner: lisi, DueAt: start.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "due")) * time.Minute)},
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
	c.checkUnsent(change)
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
		if _, ok := c.sent[escalation.PageKey(p.ID)]; ok != (p.Via == escalation.ViaSlack) {
			c.t.Fatalf("page %s by %s, message: %v", p.ID, p.Via, ok)
		}
	}
	c.checkOnce()
	c.checkHours(c.pages[known:])
	if int64(len(c.pages)) != c.inc.Pages || int64(len(c.entries)) != c.inc.Entries {
		c.t.Fatalf("%d pages and %d entries, the incident counts %d and %d", len(c.pages), len(c.entries), c.inc.Pages, c.inc.Entries)
	}
	if before.Version != 0 && change.Incident.Version != before.Version {
		c.t.Fatalf("a decision changed the version")
	}
	if before.Version == 0 && c.inc.Status != escalation.Quiet && !anyFiring(c.inc) {
		c.t.Fatalf("opened with nothing that fires: %+v", c.inc)
	}
	active := c.inc.Status == escalation.Open || c.inc.Status == escalation.Acknowledged
	if active && c.inc.DueAt.IsZero() {
		c.t.Fatalf("an active incident without a deadline is forgotten: %+v", c.inc)
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
	isAnswered := !change.Empty() && change.Incident.Owner != c.inc.Owner
	for _, p := range c.pages {
		key := escalation.PageKey(p.ID)
		if p.Via != escalation.ViaSlack {
			if isAnswered && p.ForCourier() && !slices.ContainsFunc(change.Pages, func(q escalation.Page) bool { return q.ID == p.ID && !q.ForCourier() }) {
				c.t.Fatalf("page %s by %s (%s) can still go out after the answer", p.ID, p.Via, p.State)
			}
			continue
		}
		isArriving := slices.ContainsFunc(change.Pages, func(q escalation.Page) bool { return q.ID == p.ID && !q.ReceiptAt.IsZero() })
		switch {
		case !p.ReceiptAt.IsZero() || isArriving:
		case sent[key]:
			c.t.Fatalf("page %s (%s) is sent again", p.ID, p.State)
		case isAnswered && p.State != escalation.PageCancelled && !cancelled[key]:
			c.t.Fatalf("page %s (%s) can still go out after the answer", p.ID, p.State)
		}
	}
}

// checkOnce: nobody is paged twice over one channel by one decision and what follows from it.
func (c *checked) checkOnce() {
	seen := map[string]string{}
	for _, p := range c.pages {
		key := fmt.Sprint(p.Batch, " ", p.Contact, " ", p.Via)
		if first, ok := seen[key]; ok {
			c.t.Fatalf("pages %s and %s are the same", first, p.ID)
		}
		seen[key] = p.ID
	}
}

// checkHours: nobody is paged outside the hours of what can wait, unless a person asks for it or a page that was begun
// goes on on another channel.
func (c *checked) checkHours(pages []escalation.Page) {
	for _, p := range pages {
		switch p.Reason {
		case escalation.ReasonEscalated, escalation.ReasonAssigned, escalation.ReasonHandoff, escalation.ReasonKept:
			continue
		}
		canWait := p.Stage == escalation.Postmortem || c.policy.Severities[c.inc.Severity].InHours
		if p.After == "" && canWait && c.policy.Hours != nil && !isWorking(c.policy.Hours, c.now) {
			c.t.Fatalf("page %s (%s, %s) at %s, outside working hours", p.ID, c.inc.Severity, p.Reason, c.now)
		}
	}
}

func anyFiring(inc escalation.Incident) bool {
	for _, a := range inc.Alerts {
		if a.Firing {
			return true
		}
	}
	return false
}

// deliverAny lets Slack take, refuse or be slow with a page, and say so twice.
func (c *checked) deliverAny() {
	if len(c.pages) == 0 {
		return
	}
	i := rapid.IntRange(0, len(c.pages)-1).Draw(c.t, "page")
	state := rapid.SampledFrom([]escalation.PageState{
		escalation.PageAttempted, escalation.PageDelivered, escalation.PageFailed,
	}).Draw(c.t, "outcome")
	if state == escalation.PageAttempted {
		c.pages[i] = c.pages[i].Attempted(c.now)
		return
	}
	entries, pages := len(c.entries), len(c.pages)
	isSettled := int64(i) < c.inc.Settled
	defer func() {
		if isSettled && len(c.pages) > pages {
			c.t.Fatalf("page %s failed after the answer, and another was sent", c.pages[i].ID)
		}
	}()
	for range 2 {
		c.step(escalation.Outcome(c.policy, c.directory, c.inc, c.pages, c.pages[i].ID, state, "cause", c.now))
	}
	if len(c.entries) > entries+1 {
		c.t.Fatalf("one outcome was told twice")
	}
}

func (c *checked) observeAny() {
	if c.inc.Status == escalation.Resolved {
		return // its group opens a new incident
	}
	var deliveries []escalation.Notification
	for range rapid.IntRange(1, 3).Draw(c.t, "deliveries") {
		var alerts []escalation.Alert
		for range rapid.IntRange(1, 3).Draw(c.t, "alerts") {
			alerts = append(alerts, drawAlert(c.t, c.now))
		}
		late := time.Duration(rapid.IntRange(0, 2).Draw(c.t, "late")) * time.Minute
		deliveries = append(deliveries, delivery(c.now.Add(-late), alerts...))
	}
	if c.inc.Version == 0 {
		first := &deliveries[0].Alerts[0]
		first.Firing, first.EndsAt = true, time.Time{}
	}
	c.step(escalation.Observe(c.policy, c.directory, c.inc, c.pages, deliveries, c.now))
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
			story: &story{t: t, policy: drawPolicy(rt), directory: drawDirectory(rt), now: start,
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
				c.deliverAny()
			default:
				unit := rapid.SampledFrom([]time.Duration{time.Second, time.Minute}).Draw(rt, "unit")
				c.now = c.now.Add(time.Duration(rapid.IntRange(0, 1200).Draw(rt, "time")) * unit)
				c.next()
			}
		}
	})
}

func TestOldReportsChangeNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t)
		var taken []escalation.Notification
		for i := range rapid.IntRange(1, 8).Draw(rt, "reports") {
			s.now = start.Add(time.Duration(i+1) * time.Second)
			a := alert(1)
			a.StartsAt = start.Add(time.Duration(rapid.IntRange(-2, 0).Draw(rt, "start")) * time.Minute)
			if i%2 == 1 {
				a = resolved(a, s.now)
			}
			batch := []escalation.Notification{delivery(s.now, a)}
			for range rapid.IntRange(0, 3).Draw(rt, "repeats") {
				if len(taken) > 0 {
					batch = append(batch, rapid.SampledFrom(taken).Draw(rt, "repeat"))
				}
			}
			s.take(batch...)
			taken = append(taken, batch[0])
			if s.inc.Alerts[a.Fingerprint].Firing != a.Firing {
				rt.Fatalf("report %d says firing: %v, the incident does not", i, a.Firing)
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
			paged[p.Contact] = true
		}
		if len(paged) != len(reachable) {
			rt.Fatalf("%d of %d were paged in 20 minutes", len(paged), len(reachable))
		}
	})
}

// world is how reliable the ways to people are: over some nothing arrives, and some never say so.
type world struct{ failed, silent map[string]bool } // by contact and channel

func drawWorld(t *rapid.T, d escalation.Directory) world {
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

func (w world) works(contact string, via escalation.Via) bool {
	return !w.failed[contact+string(via)] && !w.silent[contact+string(via)]
}

// deliver says what became of the pages that were sent.
func (w world) deliver(s *story) {
	for _, p := range s.pages {
		switch {
		case p.State != escalation.PageIntended:
		case w.silent[p.Contact+string(p.Via)]:
		case w.failed[p.Contact+string(p.Via)]:
			s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, p.ID, escalation.PageFailed, "cause", s.now))
		default:
			s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, p.ID, escalation.PageDelivered, "", s.now))
		}
	}
}

// unreached are the people over whom a channel works and whom no page since the given one has reached.
func (w world) unreached(s *story, since int) map[string]bool {
	people := map[string]bool{}
	for _, c := range s.directory.All() {
		for _, via := range c.Channels() {
			if w.works(c.ID, via) {
				people[c.ID] = true
			}
		}
	}
	for _, p := range s.pages[since:] {
		if w.works(p.Contact, p.Via) {
			delete(people, p.Contact)
		}
	}
	return people
}

// runUntilAllAreReached lets time pass from one deadline to the next.
func (w world) runUntilAllAreReached(t *rapid.T, s *story, since int) {
	const limit = 200
	for range limit {
		w.deliver(s)
		if len(w.unreached(s, since)) == 0 {
			return
		}
		if s.inc.DueAt.IsZero() {
			t.Fatalf("%v are never paged: nothing is due any more", w.unreached(s, since))
		}
		if s.inc.DueAt.After(s.now) {
			s.now = s.inc.DueAt
		}
		s.apply(escalation.Next(s.policy, s.directory, s.inc, s.pages, s.now))
	}
	t.Fatalf("%v were not paged until %s", w.unreached(s, since), s.now)
}

// TestEverybodyWhoCanBeReachedIsPagedInTheEnd: whatever the severity, the hours and the channels that fail, while something
// fires and nobody does anything, everybody over whom some channel works is paged; and again after somebody has acknowledged
// it and fallen silent.
func TestEverybodyWhoCanBeReachedIsPagedInTheEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t)
		s.policy, s.directory = drawPolicy(rt), drawDirectory(rt)
		w := drawWorld(rt, s.directory)
		s.now = start.Add(time.Duration(rapid.IntRange(0, 7*24*12).Draw(rt, "at")) * grid)
		s.observe(alert(1, "severity", rapid.SampledFrom([]string{"critical", "warning", "info"}).Draw(rt, "severity"),
			"role", rapid.SampledFrom([]string{"dba", "network", "system", "development"}).Draw(rt, "role")))
		w.runUntilAllAreReached(rt, s, 0)
		s.must(escalation.Action{Kind: escalation.Ack, Actor: rapid.SampledFrom([]string{zhangsan, lisi, "U0OUTSIDER"}).Draw(rt, "owner")})
		w.runUntilAllAreReached(rt, s, len(s.pages))
	})
}

func TestNoPageAfterAckUntilAReminderIsDue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t)
		s.policy = drawPolicy(rt)
		a := alert(1, "severity", rapid.SampledFrom([]string{"critical", "warning", "info"}).Draw(rt, "severity"))
		s.observe(a)
		s.pass(time.Duration(rapid.IntRange(0, 7200).Draw(rt, "until ack")) * time.Second)
		s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
		s.looked = len(s.pages)
		acked := s.now
		s.pass(s.policy.Stage(a.Severity(), escalation.Diagnose).Remind - time.Nanosecond)
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
	escalation.Observe(s.policy, s.directory, s.inc, s.pages,
		[]escalation.Notification{delivery(s.now, alert(99), resolved(alert(1), s.now.Add(time.Second)))}, s.now)
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
