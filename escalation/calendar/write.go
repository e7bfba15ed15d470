package calendar

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-ical"

	"opsbot/escalation/oncall"
)

// Write writes who is on call for a role between two times as an iCalendar, an event for each turn that begins before until.
// title is the calendar's name. made is when it is written. A turn is the same event however often it is written.
func Write(to io.Writer, d oncall.Directory, role oncall.Role, title string, from, until, made time.Time) error {
	c := ical.NewCalendar()
	c.Props.SetText(ical.PropVersion, "2.0")
	c.Props.SetText(ical.PropProductID, "-//opsbot//on call//EN")
	name := ical.NewProp("X-WR-CALNAME")
	name.SetText(title)
	delete(name.Params, ical.ParamValue) // no calendar program expects one here
	c.Props.Set(name)
	for at := from; at.Before(until); {
		duty := d.Duty(role, at)
		end := duty.Until
		if end.IsZero() {
			end = until
		}
		if len(duty.People) > 0 {
			c.Children = append(c.Children, turn(duty, at, end, made).Component)
		}
		at = end
	}
	if len(c.Children) == 0 {
		return fmt.Errorf("nobody is on call as %s between %s and %s", role, from.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	return ical.NewEncoder(to).Encode(c)
}

func turn(duty oncall.Duty, from, until, made time.Time) *ical.Event {
	e := ical.NewEvent()
	// By its end: the turn that is under way may begin before what is written.
	uid := string(duty.Role) + "@opsbot"
	if !duty.Until.IsZero() {
		uid = fmt.Sprintf("%s-%d@opsbot", duty.Role, duty.Until.Unix())
	}
	e.Props.SetText(ical.PropUID, uid)
	e.Props.SetDateTime(ical.PropDateTimeStamp, made.UTC())
	e.Props.SetDateTime(ical.PropDateTimeStart, from.UTC())
	e.Props.SetDateTime(ical.PropDateTimeEnd, until.UTC())
	names := make([]string, len(duty.People))
	for i, c := range duty.People {
		names[i] = c.Name
		if c.Email == "" {
			continue
		}
		attendee := ical.NewProp(ical.PropAttendee)
		attendee.Value = "mailto:" + c.Email
		attendee.Params.Set(ical.ParamCommonName, c.Name)
		e.Props.Add(attendee)
	}
	e.Props.SetText(ical.PropSummary, strings.Join(names, ", "))
	return e
}
