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
func (d *decision) hours() *oncall.WorkingHours { return d.policy.hours(d.inc.Severity, d.inc.Stage) }

// after is when a reminder is due that is to come the given time from now.
func (d *decision) after(wait time.Duration) time.Time { return d.afterFrom(d.now, wait) }

func (d *decision) afterFrom(start time.Time, wait time.Duration) time.Time {
	if d.inc.Stage == incident.Postmortem { // whose clock does not stand still at night, but which can wait for the morning
		return d.hours().Next(start.Add(wait))
	}
	return d.hours().Add(start, wait)
}

// resetSteps lets the ladder begin anew.
func (d *decision) resetSteps() {
	d.inc.Step, d.inc.Repeat = 0, 0
	d.inc.StageDueAt = d.policy.deadline(d.inc, d.inc.Stage)
	d.inc.NextStepAt = d.firstStepAt(d.now)
}

// isLadderNew reports whether nobody has been paged on the stage's ladder since somebody last did something.
func (d *decision) isLadderNew() bool { return d.inc.Step == 0 && d.inc.Repeat == 0 }

// firstStepAt is when to begin with the ladder if the last that anybody did was at the given time: not before the stage's
// deadline or, once there is an owner, before the incident counts as forgotten; and not sooner than a reminder from then.
func (d *decision) firstStepAt(active time.Time) time.Time {
	at := d.inc.StageDueAt
	if d.inc.Status == incident.Acknowledged && d.policy.Forgotten > 0 {
		at = times.Earliest(at, d.afterFrom(active, d.policy.Forgotten))
	}
	return d.hours().Next(times.Latest(at, d.afterFrom(active, d.stage().Remind)))
}

// startLadder pages the first step of an incident that opens or reopens. What may wait for working hours does, and says so.
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

// deferToHours reports whether nobody may be paged now; then the ladder waits until somebody may.
func (d *decision) deferToHours() bool {
	at := d.hours().Next(d.now)
	if !at.After(d.now) {
		return false
	}
	d.inc.NextStepAt = at
	return true
}

// reschedule lets deadline and pages follow the severity, which has changed. It reports whether somebody has been paged
// for that: a severity that is paged at any time does not wait for hours that another one had to wait for.
func (d *decision) reschedule(was incident.Severity) bool {
	if d.inc.Severity == was || (d.inc.Status != incident.Open && d.inc.Status != incident.Acknowledged) {
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
