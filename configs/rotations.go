package configs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"opsbot/configs/settings"
)

// Rotation is how the people of a contact role take turns at being on call.
type Rotation struct {
	Role string `key:"role"`
	// People are ids, e-mail addresses or names of the contact table, in the order of their turns; after loading, ids.
	People   []string `key:"people"`
	Handoff  string   `key:"handoff"`
	Shift    string   `key:"shift"`
	Timezone string   `key:"timezone"`
	Start    string   `key:"start"`
	// Calendar is an https URL or a file, in place of all but Role and Timezone; it says itself who takes turns.
	Calendar string `key:"calendar"`
}

const (
	weekDays = 7
	// maxShiftDays is far beyond what anybody would bear.
	maxShiftDays = 92
)

// Turns are the times of a rotation: the hand-off to the first of its people, in the rotation's time zone, and how many
// calendar days each turn lasts. Both are zero where the keys are wrong, which validation has reported.
func (r Rotation) Turns() (first time.Time, days int) {
	var ignored Problems
	return r.turns(&ignored, "")
}

func (r Rotation) turns(problems *Problems, path string) (first time.Time, days int) {
	zone, err := time.LoadLocation(r.Timezone)
	switch {
	case r.Timezone == "":
		problems.Add(path+".timezone", "is missing", "give the IANA name of the zone that handoff is in, such as Asia/Shanghai")
	case err != nil || r.Timezone == "Local":
		problems.Add(path+".timezone", fmt.Sprintf("unknown time zone %q", r.Timezone), "give an IANA name such as Asia/Shanghai or Europe/Berlin")
	}
	start, err := time.Parse(time.DateOnly, r.Start)
	switch {
	case r.Start == "":
		problems.Add(path+".start", "is missing", "give the day on which the first of people begins, such as 2026-01-05")
	case err != nil:
		problems.Add(path+".start", fmt.Sprintf("%q is not a day", r.Start), "write it as 2026-01-05")
	}
	days = r.days(problems, path+".shift")
	weekday, hour, minute := r.handoff(problems, path+".handoff", days)
	if len(*problems) > 0 || zone == nil {
		return time.Time{}, 0
	}
	day := start.Day()
	if weekday >= 0 {
		day += (weekday - int(start.Weekday()) + weekDays) % weekDays
	}
	return time.Date(start.Year(), start.Month(), day, hour, minute, 0, 0, zone), days
}

func (r Rotation) days(problems *Problems, path string) int {
	const fix = "give weekly, daily, or a number of days such as 3d"
	switch r.Shift {
	case "":
		problems.Add(path, "is missing", fix)
		return 0
	case "weekly":
		return weekDays
	case "daily":
		return 1
	}
	number, isDays := strings.CutSuffix(r.Shift, "d")
	n, err := strconv.Atoi(number)
	if !isDays || err != nil || n < 1 || n > maxShiftDays {
		problems.Add(path, fmt.Sprintf("%q is not a shift length", r.Shift), fmt.Sprintf("%s, at most %dd", fix, maxShiftDays))
		return 0
	}
	return n
}

// handoff reads "Mon 09:00" or "09:00"; weekday is -1 where none is given.
func (r Rotation) handoff(problems *Problems, path string, days int) (weekday, hour, minute int) {
	day, clock, hasDay := strings.Cut(r.Handoff, " ")
	weekday = -1
	if !hasDay {
		clock = r.Handoff
	}
	at, err := time.Parse("15:04", clock)
	if hasDay {
		weekday = weekdayNamed(day)
	}
	switch {
	case r.Handoff == "":
		problems.Add(path, "is missing", `give the local time at which the next person takes over, such as "Mon 09:00"`)
	case err != nil || hasDay && weekday < 0:
		problems.Add(path, fmt.Sprintf("%q is not a time of the week", r.Handoff), `write it as "Mon 09:00", or "09:00" for shifts that begin on any day`)
	case hasDay && days%weekDays != 0:
		problems.Add(path, fmt.Sprintf("names a day of the week, but a shift lasts %d day(s)", days), `leave the day out: "`+clock+`"`)
	case !hasDay && days > 0 && days%weekDays == 0:
		problems.Add(path, "names no day of the week", `write it as "Mon `+clock+`"`)
	}
	return weekday, at.Hour(), at.Minute()
}

// weekdayNamed counts from Sunday; -1 where there is no such day.
func weekdayNamed(day string) int {
	return slices.IndexFunc(weekdayNames(), func(name string) bool { return len(day) >= 3 && strings.HasPrefix(name, strings.ToLower(day)) })
}

func weekdayNames() []string {
	names := make([]string, weekDays)
	for i := range names {
		names[i] = strings.ToLower(time.Weekday(i).String())
	}
	return names
}

// validateRotations also replaces what the rotations call their people by the ids of the contact table.
func validateRotations(rotations []Rotation, contacts []Contact) Problems {
	var problems Problems
	for i := range rotations {
		r, path := &rotations[i], fmt.Sprintf("rotations[%d]", i)
		if !slices.Contains(Roles(), r.Role) {
			problems.Add(path+".role", fmt.Sprintf("unknown role %q", r.Role), "use 系统管理员, 数据库管理员, 网络管理员, 开发负责人 or "+orList(Roles()))
		}
		isTwin := func(other Rotation) bool { return other.Role == r.Role }
		if first := slices.IndexFunc(rotations[:i], isTwin); first >= 0 {
			problems.Add(path+".role", fmt.Sprintf("has a rotation already: rotations[%d]", first), "join the two into one")
		}
		if r.Calendar != "" {
			r.validateCalendar(&problems, path)
			continue
		}
		var wrong Problems
		r.turns(&wrong, path)
		problems = append(problems, wrong...)
		r.findPeople(&problems, path+".people", contacts)
	}
	return problems
}

// validateCalendar never shows the address: who has it can read the calendar.
func (r Rotation) validateCalendar(problems *Problems, path string) {
	if scheme, _, isURL := strings.Cut(r.Calendar, "://"); isURL && scheme != "https" {
		problems.Add(path+".calendar", "is not an https URL", "give https://… or the path of a file")
	}
	if _, err := r.CalendarZone(); err != nil {
		problems.Add(path+".timezone", fmt.Sprintf("unknown time zone %q", r.Timezone), "give an IANA name such as Asia/Shanghai or Europe/Berlin")
	}
	for _, key := range []struct {
		name  string
		given bool
	}{{"people", len(r.People) > 0}, {"handoff", r.Handoff != ""}, {"shift", r.Shift != ""}, {"start", r.Start != ""}} {
		if key.given {
			problems.Add(path+"."+key.name, "is set together with calendar", "remove one: the calendar says who takes turns, and when")
		}
	}
}

// CalendarZone is the zone of events that name none, such as those of whole days: UTC where Timezone is "".
func (r Rotation) CalendarZone() (*time.Location, error) {
	if r.Timezone == "Local" {
		return nil, fmt.Errorf("time zone %q depends on the machine", r.Timezone)
	}
	return time.LoadLocation(r.Timezone)
}

func (r *Rotation) findPeople(problems *Problems, path string, contacts []Contact) {
	if len(r.People) == 0 {
		problems.Add(path, "is empty", "name the people who take turns, in their order")
	}
	for i, name := range r.People {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch ids := idsOf(contacts, name); len(ids) {
		case 1:
			r.People[i] = ids[0]
		case 0:
			problems.Add(at, fmt.Sprintf("%q is not in the contact table", name), settings.Suggest(name, everyID(contacts)))
		default:
			problems.Add(at, fmt.Sprintf("%q matches several people in the contact table", name), "use the e-mail address, or give them an id each")
		}
	}
}

// idsOf are the different people who are called name: by id, else by e-mail address, else by name.
func idsOf(contacts []Contact, name string) []string {
	for _, matches := range []func(Contact) bool{
		func(c Contact) bool { return c.Key() == name },
		func(c Contact) bool { return strings.EqualFold(c.Email, name) },
		func(c Contact) bool { return c.Name == name },
	} {
		var ids []string
		for _, c := range contacts {
			if matches(c) && !slices.Contains(ids, c.Key()) {
				ids = append(ids, c.Key())
			}
		}
		if len(ids) > 0 {
			return ids
		}
	}
	return nil
}

func everyID(contacts []Contact) []string {
	ids := make([]string, len(contacts))
	for i, c := range contacts {
		ids[i] = c.Key()
	}
	return ids
}
