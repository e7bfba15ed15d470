package forecast

import (
	"slices"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
)

// simulation is an incident on a simulated clock. Every page arrives at once.
type simulation struct {
	policy    escalation.Policy
	directory oncall.Directory
	now       time.Time
	inc       incident.Incident
	pages     []incident.Page
}

func (r *simulation) clone() *simulation {
	copied := *r
	copied.pages = slices.Clone(r.pages)
	return &copied
}

func (r *simulation) apply(c escalation.Change) {
	if c.Empty() {
		return
	}
	r.inc = c.Incident
	r.inc.Version++
	var sent []string
	for _, p := range c.Pages {
		i := slices.IndexFunc(r.pages, func(q incident.Page) bool { return q.ID == p.ID })
		if i >= 0 {
			r.pages[i] = p
			continue
		}
		r.pages, sent = append(r.pages, p), append(sent, p.ID)
	}
	for _, id := range sent {
		r.apply(escalation.Outcome(r.policy, r.directory, r.inc, r.pages, id, incident.PageDelivered, "", r.now))
	}
}

func (r *simulation) act(a escalation.Action) error {
	c, err := escalation.Act(r.policy, r.directory, r.inc, r.pages, a, r.now)
	if err == nil {
		r.apply(c)
	}
	return err
}

// resolve ends the alerts and says that it is over.
func (r *simulation) resolve(actor string) error {
	var alerts []incident.Alert
	for _, a := range r.inc.Alerts {
		a.Firing, a.EndsAt = false, r.now
		alerts = append(alerts, a)
	}
	r.now = r.now.Add(time.Second) // a resolve that is not newer than the alert does not count
	n := incident.Notification{ReceivedAt: r.now, GroupKey: r.inc.GroupKey, Labels: r.inc.Labels, Alerts: alerts}
	r.apply(escalation.Observe(r.policy, r.directory, r.inc, r.pages, []incident.Notification{n}, r.now))
	return r.act(escalation.Action{Kind: escalation.MarkResolved, Actor: actor})
}

// simulationLimit stops a policy whose ladder never ends.
const simulationLimit = 1000

// runLadder lets time pass until the last step of the stage's ladder, and returns when the ladder begins again.
func (r *simulation) runLadder(stage incident.Stage) time.Time {
	for range simulationLimit {
		if r.inc.DueAt.IsZero() {
			return time.Time{}
		}
		if r.inc.Stage == stage && r.policy.LadderRepeats(r.directory, r.inc) {
			return r.inc.DueAt
		}
		r.next()
	}
	return time.Time{}
}

// waitForPage lets time pass until somebody is paged.
func (r *simulation) waitForPage() {
	for range simulationLimit {
		if len(r.pages) > 0 || r.inc.DueAt.IsZero() {
			return
		}
		r.next()
	}
}

func (r *simulation) next() {
	r.now = times.Latest(r.now, r.inc.DueAt)
	r.apply(escalation.Next(r.policy, r.directory, r.inc, r.pages, r.now))
}
