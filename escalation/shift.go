package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// noteShiftEnd notes when the owner's turn ends, if it is the owner's turn now.
func (d *decision) noteShiftEnd() {
	d.inc.ShiftEndsAt = time.Time{}
	duty := d.directory.Duty(d.inc.Role, d.now)
	if d.isOwner(duty.People) {
		d.inc.ShiftEndsAt = duty.Until
	}
}

func (d *decision) isOwner(people []oncall.Contact) bool {
	owner := d.directory.Person(d.inc.Owner)
	return slices.ContainsFunc(people, func(c oncall.Contact) bool { return c.ID == owner.ID })
}

// endShift tells the owner that other people are on call now. The owner does not change: only people hand incidents over.
func (d *decision) endShift() {
	d.noteShiftEnd()
	people := d.directory.OnCall(d.inc.Role, d.now)
	if d.isOwner(people) || len(people) == 0 {
		return // the rotation was changed meanwhile
	}
	d.post(incident.EntryStage, "", messages.New("escalation.entry.shift_ended",
		"owner", messages.User(d.inc.Owner), "role", d.inc.Role.Text(), "who", mentions(people, 0), "command", messages.Code("/ops incident handoff")))
}
