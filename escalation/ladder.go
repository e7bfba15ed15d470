package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// rung is one step of a ladder with the people on it. index is its place in the stage's ladder, which stays the same
// when other people are on call.
type rung struct {
	index    int
	role     oncall.Role
	contacts []oncall.Contact
}

// ladder resolves the stage's ladder for an incident with the people who are on call at now: rungs with nobody to page,
// and rungs that add nobody to those before, are left out. It is empty only when nobody at all can be paged.
func (p Policy) ladder(d oncall.Directory, inc incident.Incident, now time.Time) []rung {
	var rungs []rung
	paged := map[string]bool{}
	for i, role := range p.Stage(inc.Severity, inc.Stage).Ladder {
		contacts := rungOf(d, role, inc, now)
		isNew := func(c oncall.Contact) bool { return !paged[c.ID] }
		if !slices.ContainsFunc(contacts, isNew) && !(role == oncall.Everyone && len(rungs) > 1) {
			continue
		}
		for _, c := range contacts {
			paged[c.ID] = true
		}
		rungs = append(rungs, rung{i, role, contacts})
	}
	if len(rungs) == 0 {
		if all := d.Reachable(oncall.Everyone); len(all) > 0 {
			rungs = append(rungs, rung{0, oncall.Everyone, all})
		}
	}
	return rungs
}

// rungFrom is where the rung of at least the given index is, -1 where there is none.
func rungFrom(rungs []rung, index int) int {
	return slices.IndexFunc(rungs, func(r rung) bool { return r.index >= index })
}

func rungOf(d oncall.Directory, role oncall.Role, inc incident.Incident, now time.Time) []oncall.Contact {
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

// climb pages the next rung of the stage's ladder and decides when the one after it is due.
func (d *decision) climb(reason incident.Reason) {
	d.inc.HeldUntil = time.Time{}
	stage := d.stage()
	rungs := d.policy.ladder(d.directory, d.inc, d.now)
	if len(rungs) == 0 {
		d.nobody()
		return
	}
	next := rungFrom(rungs, d.inc.Rung)
	if next < 0 {
		next, d.inc.Round = 0, d.inc.Round+1
	}
	wait := stage.Remind
	if d.inc.Round >= stage.Repeat {
		next, wait = len(rungs)-1, stage.Nag
	}
	r := rungs[next]
	d.inc.Rung = r.index
	// Whoever did not react is called on one more channel each time round: the phone may be silent, not the person.
	d.page(r.role, r.contacts, reason, 1+d.inc.Round)
	d.inc.Rung++
	d.inc.ClimbAt = d.after(wait)
	if wait == 0 {
		d.inc.ClimbAt = time.Time{}
	}
}

// nobody says, once for each stage, that there is nobody to page, and looks again later: the contact table may change.
func (d *decision) nobody() {
	if d.inc.Round == 0 {
		d.say(incident.EntryPage, "", messages.New("escalation.entry.nobody", "stage", d.inc.Stage.Text()))
	}
	d.inc.Round++
	d.inc.ClimbAt = d.after(d.stage().Remind)
}

// pageNews tells the owner, or while there is none the rung that was paged last, about the alerts since then.
func (d *decision) pageNews() {
	role, contacts := oncall.Owner, rungOf(d.directory, oncall.Owner, d.inc, d.now)
	if len(contacts) == 0 {
		rungs := d.policy.ladder(d.directory, d.inc, d.now)
		if len(rungs) == 0 {
			d.inc.News, d.inc.NewsAt = 0, time.Time{}
			return
		}
		last := rungs[0]
		for _, r := range rungs {
			if r.index < d.inc.Rung {
				last = r
			}
		}
		role, contacts = last.role, last.contacts
	}
	d.page(role, contacts, incident.ReasonNews, 1)
}

// escalateGap is within which two requests for more help are one: somebody pressed twice, or two people at once.
const escalateGap = 10 * time.Second

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
	d.say(incident.EntryAction, a.Actor, messages.New("escalation.entry.escalated", "user", messages.User(a.Actor)))
	d.inc.LastActivity = d.now
	if d.inc.Owner != "" {
		d.inc.Rung = max(d.inc.Rung, 1) // the owner knows
	}
	if rungs := d.policy.ladder(d.directory, d.inc, d.now); len(rungs) > 0 {
		d.inc.Rung = min(d.inc.Rung, rungs[len(rungs)-1].index)
	}
	d.climb(incident.ReasonEscalated)
	return nil
}

// BeginsAnew reports whether the incident's next page is the first of its stage's ladder once more.
func (p Policy) BeginsAnew(d oncall.Directory, inc incident.Incident) bool {
	return inc.Round > 0 || rungFrom(p.ladder(d, inc, inc.DueAt), inc.Rung) < 0
}
