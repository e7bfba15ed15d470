package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// step is one step of a ladder with its people. index is its place in the stage's ladder; it does not depend on who is on
// call.
type step struct {
	index    int
	role     oncall.Role
	contacts []oncall.Contact
}

// escalateGap is the time within which two requests for more help count as one: somebody pressed twice, or two people pressed
// at once.
const escalateGap = 10 * time.Second

// ladder is the stage's ladder for an incident, with the people who are on call at now. It leaves out steps with nobody to
// page and steps that add nobody new. It is empty only when nobody at all can be paged.
func (p Policy) ladder(d oncall.Directory, inc incident.Incident, now time.Time) []step {
	var steps []step
	paged := map[string]bool{}
	for i, role := range p.Stage(inc.Severity, inc.Stage).Ladder {
		contacts := contactsOf(d, role, inc, now)
		isNew := func(c oncall.Contact) bool { return !paged[c.ID] }
		if !slices.ContainsFunc(contacts, isNew) && !(role == oncall.Everyone && len(steps) > 1) {
			continue
		}
		for _, c := range contacts {
			paged[c.ID] = true
		}
		steps = append(steps, step{i, role, contacts})
	}
	if len(steps) == 0 {
		if all := d.Reachable(oncall.Everyone); len(all) > 0 {
			steps = append(steps, step{0, oncall.Everyone, all})
		}
	}
	return steps
}

// stepFrom finds the first step whose index is at least the given one; -1 if there is none.
func stepFrom(steps []step, index int) int {
	return slices.IndexFunc(steps, func(r step) bool { return r.index >= index })
}

func contactsOf(d oncall.Directory, role oncall.Role, inc incident.Incident, now time.Time) []oncall.Contact {
	switch role {
	case oncall.Routed:
		return d.OnCall(inc.Role, now)
	case oncall.Owner:
		if inc.Owner == "" {
			return nil
		}
		return []oncall.Contact{d.Person(inc.Owner)}
	default:
		return d.OnCall(role, now)
	}
}

// pageNextStep pages the next step of the stage's ladder and sets the time of the one after it.
func (d *decision) pageNextStep(reason incident.Reason) {
	d.inc.HeldUntil = time.Time{}
	stage := d.stage()
	steps := d.policy.ladder(d.directory, d.inc, d.now)
	if len(steps) == 0 {
		d.noteNobody()
		return
	}
	next := stepFrom(steps, d.inc.Step)
	if next < 0 {
		next, d.inc.Repeat = 0, d.inc.Repeat+1
	}
	wait := stage.Remind
	if d.inc.Repeat >= stage.Repeat {
		next, wait = len(steps)-1, stage.Nag
	}
	r := steps[next]
	d.inc.Step = r.index
	// Each repeat uses one more channel of a person: the telephone may be muted.
	d.page(r.role, r.contacts, reason, 1+d.inc.Repeat)
	d.inc.Step++
	d.inc.NextStepAt = d.after(wait)
	if wait == 0 {
		d.inc.NextStepAt = time.Time{}
	}
}

// noteNobody says once for each stage that there is nobody to page. It tries again later: the contact table may change.
func (d *decision) noteNobody() {
	if d.inc.Repeat == 0 {
		d.post(incident.EntryPage, "", messages.New("escalation.entry.nobody", "stage", d.inc.Stage.Text()))
	}
	d.inc.Repeat++
	d.inc.NextStepAt = d.after(d.stage().Remind)
}

// pageNewAlerts pages the owner about new alerts. Without an owner it pages the step that was paged last.
func (d *decision) pageNewAlerts() {
	role, contacts := oncall.Owner, contactsOf(d.directory, oncall.Owner, d.inc, d.now)
	if len(contacts) == 0 {
		steps := d.policy.ladder(d.directory, d.inc, d.now)
		if len(steps) == 0 {
			d.inc.NewAlerts, d.inc.NotifyNewAt = 0, time.Time{}
			return
		}
		last := steps[0]
		for _, r := range steps {
			if r.index < d.inc.Step {
				last = r
			}
		}
		role, contacts = last.role, last.contacts
	}
	d.page(role, contacts, incident.ReasonNewAlerts, 1)
}

func (d *decision) escalate(a Action) error {
	if err := d.mustBeActive(); err != nil {
		return err
	}
	isJustNow := func(p incident.Page) bool {
		return p.Reason == incident.ReasonEscalated && d.now.Sub(p.IntendedAt) < escalateGap
	}
	if slices.ContainsFunc(d.pages, isJustNow) {
		return nil
	}
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.escalated", "user", messages.User(a.Actor)))
	d.inc.LastActivity = d.now
	if d.inc.Owner != "" {
		d.inc.Step = max(d.inc.Step, 1) // the owner knows
	}
	if steps := d.policy.ladder(d.directory, d.inc, d.now); len(steps) > 0 {
		d.inc.Step = min(d.inc.Step, steps[len(steps)-1].index)
	}
	d.pageNextStep(incident.ReasonEscalated)
	return nil
}

// LadderRepeats reports whether the next page begins the stage's ladder again.
func (p Policy) LadderRepeats(d oncall.Directory, inc incident.Incident) bool {
	return inc.Repeat > 0 || stepFrom(p.ladder(d, inc, inc.DueAt), inc.Step) < 0
}
