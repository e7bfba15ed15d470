package escalation

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// stage is the policy of the incident's stage.
func (d *decision) stage() StagePolicy { return d.policy.Stage(d.inc.Severity, d.inc.Stage) }

// hours are when people may be paged about the incident as it stands.
func (d *decision) hours() *oncall.WorkingHours { return d.policy.hours(d.inc, d.inc.Stage) }

// after is when a reminder is due that should come after the given wait.
func (d *decision) after(wait time.Duration) time.Time { return d.afterFrom(d.now, wait) }

func (d *decision) afterFrom(start time.Time, wait time.Duration) time.Time {
	if d.inc.Stage == incident.Postmortem { // its time also runs at night, but nobody is paged before the morning
		return d.hours().Next(start.Add(wait))
	}
	return d.hours().Add(start, wait)
}

// resetSteps starts the ladder from its first step.
func (d *decision) resetSteps() {
	d.inc.Step, d.inc.Repeat = 0, 0
	d.inc.StageDueAt = d.policy.deadline(d.inc, d.inc.Stage)
	d.inc.NextStepAt = d.firstStepAt(d.now)
}

// isLadderNew reports whether no step has been paged since the stage began or somebody last did something.
func (d *decision) isLadderNew() bool { return d.inc.Step == 0 && d.inc.Repeat == 0 }

// firstStepAt is when the ladder begins, if the last activity was at the given time: at the stage's deadline or, once there is
// an owner, when the incident counts as forgotten, whichever is earlier; but never before the reminder interval has passed.
func (d *decision) firstStepAt(active time.Time) time.Time {
	at := d.inc.StageDueAt
	if d.inc.Status == incident.Acknowledged && d.policy.Forgotten > 0 {
		at = times.Earliest(at, d.afterFrom(active, d.policy.Forgotten))
	}
	return d.hours().Next(times.Latest(at, d.afterFrom(active, d.stage().Remind)))
}

// startLadder pages the first step of an incident that opens or reopens. If the incident may wait for working hours, it says
// so and waits.
func (d *decision) startLadder() {
	if !d.deferToHours() {
		d.pageNextStep(incident.ReasonOpened)
		return
	}
	if d.inc.HeldUntil.Equal(d.inc.NextStepAt) {
		return
	}
	d.inc.HeldUntil = d.inc.NextStepAt
	d.post(incident.EntryStage, "", messages.New("escalation.entry.held",
		"severity", d.inc.Severity.Text(), "role", d.inc.Role.Text(), "from", messages.Date(d.inc.HeldUntil)))
}

// deferToHours reports whether nobody may be paged now. Then the ladder waits for working hours.
func (d *decision) deferToHours() bool {
	at := d.hours().Next(d.now)
	if !at.After(d.now) {
		return false
	}
	d.inc.NextStepAt = at
	return true
}

// reschedule adapts deadline and pages after the severity has changed, or has become unclear. It reports whether somebody has been paged: a severity
// that pages at any time does not wait for the working hours of the former one.
func (d *decision) reschedule(was incident.Severity, isUnclear bool) bool {
	if d.inc.Severity == was && !isUnclear || (d.inc.Status != incident.Open && d.inc.Status != incident.Acknowledged) {
		return false
	}
	d.inc.StageDueAt = d.policy.deadline(d.inc, d.inc.Stage)
	if d.inc.Stage == incident.Respond && d.isLadderNew() {
		d.startLadder()
		return d.inc.HeldUntil.IsZero()
	}
	var rested time.Time
	if d.isLadderNew() {
		rested = d.firstStepAt(d.inc.LastActivity)
	}
	if d.inc.Severity > was {
		d.inc.NextStepAt = times.Earliest(d.inc.NextStepAt, times.Latest(rested, d.after(d.stage().Remind)))
	} else {
		d.inc.NextStepAt = times.Latest(d.inc.NextStepAt, rested)
	}
	if d.inc.NotifyNewAt.IsZero() {
		return false
	}
	d.scheduleNewAlerts(d.nextNewAlertsAt())
	return d.inc.NotifyNewAt.IsZero()
}
