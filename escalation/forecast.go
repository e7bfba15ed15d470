package escalation

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Forecast is who would be paged about a delivery, as the policy decides it: Observe, Act and Next on a clock of their own.
type Forecast struct {
	Incident Incident // as it opens
	Parts    []ForecastPart
}

// ForecastPart is one course of events, up to where the ladder begins to repeat itself.
type ForecastPart struct {
	// Supposed is what people do: nothing; acknowledge and then nothing; resolve it and write no report.
	Supposed Supposition
	// Actor is who does it, the first who is paged: a Slack user, else a contact id. ActedAt is when: at the first page.
	Actor   string
	ActedAt time.Time
	Pages   []Page
	// RepeatsAt is when the ladder begins again, zero where it does not.
	RepeatsAt time.Time
}

// Supposition is what people do in a part of a forecast.
type Supposition string

// The suppositions, in the order of the stages whose ladders they show.
const (
	NobodyAnswers Supposition = "nobody answers"
	AnsweredOnce  Supposition = "acknowledged, then silence"
	NoReport      Supposition = "resolved, no report"
)

// Predict is the forecast for a delivery that comes at the given time, in which something must fire.
func Predict(policy Policy, directory Directory, n Notification, at time.Time) (Forecast, error) {
	n.ReceivedAt = at
	if len(n.firing()) == 0 {
		return Forecast{}, errors.New("nothing fires, so nobody is paged")
	}
	opened := &rehearsal{policy: policy, directory: directory, now: at, inc: Incident{Number: 1}}
	opened.apply(Observe(policy, directory, opened.inc, nil, []Notification{n}, at))
	f := Forecast{Incident: opened.inc}
	unanswered := opened.clone()
	f.Parts = append(f.Parts, ForecastPart{Supposed: NobodyAnswers, RepeatsAt: unanswered.climb(Respond), Pages: unanswered.pages})
	if len(unanswered.pages) == 0 {
		return f, nil
	}
	return f, f.suppose(opened)
}

// suppose adds what happens when somebody answers the first page.
func (f *Forecast) suppose(opened *rehearsal) error {
	opened.waitForPage()
	actor := opened.directory.actorOf(opened.pages[0])
	acked := opened.clone()
	if err := acked.act(Action{Kind: Ack, Actor: actor}); err != nil {
		return err
	}
	answered := acked.clone()
	f.Parts = append(f.Parts, ForecastPart{
		Supposed: AnsweredOnce, Actor: actor, ActedAt: acked.now, RepeatsAt: answered.climb(Resolve), Pages: answered.pages[len(acked.pages):],
	})
	at, known := acked.now, len(acked.pages)
	if err := acked.resolve(actor); err != nil {
		return err
	}
	f.Parts = append(f.Parts, ForecastPart{
		Supposed: NoReport, Actor: actor, ActedAt: at, RepeatsAt: acked.climb(Postmortem), Pages: acked.pages[known:],
	})
	return nil
}

// actorOf is how the person of a page acts on the incident: as a Slack user, or by the contact id where there is none.
func (d Directory) actorOf(p Page) string {
	c, _ := d.ByID(p.Contact)
	return cmp.Or(c.Slack, p.Contact)
}

// rehearsal is an incident on a clock of its own, in which every page arrives at once.
type rehearsal struct {
	policy    Policy
	directory Directory
	now       time.Time
	inc       Incident
	pages     []Page
}

func (r *rehearsal) clone() *rehearsal {
	copied := *r
	copied.pages = slices.Clone(r.pages)
	return &copied
}

func (r *rehearsal) apply(c Change) {
	if c.Empty() {
		return
	}
	r.inc = c.Incident
	r.inc.Version++
	var sent []string
	for _, p := range c.Pages {
		i := slices.IndexFunc(r.pages, func(q Page) bool { return q.ID == p.ID })
		if i >= 0 {
			r.pages[i] = p
			continue
		}
		r.pages, sent = append(r.pages, p), append(sent, p.ID)
	}
	for _, id := range sent {
		r.apply(Outcome(r.policy, r.directory, r.inc, r.pages, id, PageDelivered, "", r.now))
	}
}

func (r *rehearsal) act(a Action) error {
	c, err := Act(r.policy, r.directory, r.inc, r.pages, a, r.now)
	if err == nil {
		r.apply(c)
	}
	return err
}

// resolve ends the alerts and says that it is over.
func (r *rehearsal) resolve(actor string) error {
	var alerts []Alert
	for _, a := range r.inc.Alerts {
		a.Firing, a.EndsAt = false, r.now
		alerts = append(alerts, a)
	}
	r.now = r.now.Add(time.Second) // a resolve that came with the alert would be overtaken by it
	n := Notification{ReceivedAt: r.now, GroupKey: r.inc.GroupKey, Labels: r.inc.Labels, Alerts: alerts}
	r.apply(Observe(r.policy, r.directory, r.inc, r.pages, []Notification{n}, r.now))
	return r.act(Action{Kind: MarkResolved, Actor: actor})
}

// rehearsalLimit stops a policy whose ladder never comes to an end.
const rehearsalLimit = 1000

// climb lets time pass until the ladder of the stage has been climbed once, and returns when it begins again.
func (r *rehearsal) climb(stage Stage) time.Time {
	for range rehearsalLimit {
		if r.inc.DueAt.IsZero() {
			return time.Time{}
		}
		if r.inc.Stage == stage && r.isAtTop() {
			return r.inc.DueAt
		}
		r.next()
	}
	return time.Time{}
}

// waitForPage lets time pass until somebody is paged.
func (r *rehearsal) waitForPage() {
	for range rehearsalLimit {
		if len(r.pages) > 0 || r.inc.DueAt.IsZero() {
			return
		}
		r.next()
	}
}

func (r *rehearsal) next() {
	r.now = latest(r.now, r.inc.DueAt)
	r.apply(Next(r.policy, r.directory, r.inc, r.pages, r.now))
}

// isAtTop reports whether the next decision begins the ladder anew.
func (r *rehearsal) isAtTop() bool {
	return r.inc.Round > 0 || rungFrom(r.policy.ladder(r.directory, r.inc, r.inc.DueAt), r.inc.Rung) < 0
}
