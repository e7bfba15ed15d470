package configs

import (
	"fmt"
	"slices"
	"time"

	"opsbot/internal/wallclock"
	"opsbot/runs"
)

// maxFreeze is how long one change freeze may last: who needs more has forgotten one.
const maxFreeze = 31 * 24 * time.Hour

// Freeze is a time in which a change needs a second person.
type Freeze struct {
	Name     string        `key:"name" doc:"What the freeze is for. People read it on every plan."`
	From     string        `key:"from" doc:"When a freeze that comes once begins: a day, or a day and a time." example:"2026-11-26 18:00"`
	Until    string        `key:"until" doc:"When it ends, likewise."`
	Cron     string        `key:"cron" doc:"When a freeze that comes again begins, in place of from and until: minute, hour, day, month, weekday." example:"0 18 * * Fri"`
	For      time.Duration `key:"for" doc:"How long it then lasts."`
	Timezone string        `key:"timezone" doc:"IANA name of the zone that the times are in." example:"Asia/Shanghai"`
	Clusters []string      `key:"clusters" doc:"Clusters that it is for, by name; empty: all."`
}

// Once is the span of a freeze that comes once; both are zero for one that comes again, and where the keys are wrong.
func (f Freeze) Once() (from, until time.Time) {
	var wrong Problems
	return f.span("", &wrong)
}

// Zone is the zone of the times, UTC where that key is wrong.
func (f Freeze) Zone() *time.Location {
	zone, err := time.LoadLocation(f.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (c *Config) validateFreezes(ps *Problems) {
	clusters := c.clusterNames()
	for i, f := range c.Freezes {
		path := fmt.Sprintf("freeze[%d]", i)
		checkRequired(ps, path+".name", f.Name, "say what the freeze is for; people read it on every plan")
		if zone, err := time.LoadLocation(f.Timezone); f.Timezone == "" || err != nil || zone == time.Local {
			ps.Add(path+".timezone", fmt.Sprintf("unknown time zone %q", f.Timezone), "give an IANA name such as Asia/Shanghai or Europe/Berlin")
		}
		for _, cluster := range f.Clusters {
			if !slices.Contains(clusters, cluster) {
				ps.Add(path+".clusters", fmt.Sprintf("there is no cluster %q", cluster), "name clusters as kubernetes.name or clusters[].name do")
			}
		}
		f.validateTimes(path, ps)
	}
}

func (f Freeze) validateTimes(path string, ps *Problems) {
	once, again := f.From != "" || f.Until != "", f.Cron != "" || f.For != 0
	switch {
	case once && again:
		ps.Add(path, "comes once and again", "give from and until, or cron and for")
	case again:
		f.validateCron(path, ps)
	default:
		f.span(path, ps)
	}
}

func (f Freeze) validateCron(path string, ps *Problems) {
	const someTime = 1767225600 // any moment does: an expression is valid at all of them or at none
	first, err := runs.NextCron(f.Cron, time.Unix(someTime, 0).In(f.Zone()))
	if err != nil {
		ps.Add(path+".cron", fmt.Sprintf("%q is not a cron expression", f.Cron), `write minute, hour, day, month and weekday, such as "0 18 * * Fri"`)
	}
	if f.For < time.Minute || f.For > maxFreeze {
		ps.Add(path+".for", wallclock.FormatDuration(f.For)+" is out of range", "give 1m to "+wallclock.FormatDuration(maxFreeze))
		return
	}
	if err != nil {
		return
	}
	if overlaps, err := runs.Overlaps(f.Cron, first, f.For); err == nil && overlaps {
		ps.Add(path+".for", "a freeze begins again before it has ended", "make it shorter, or the cron expression rarer")
	}
}

// span reads from and until; both are zero where one of them is wrong, which is reported.
func (f Freeze) span(path string, ps *Problems) (from, until time.Time) {
	from, until = checkMoment(ps, path+".from", f.From, f.Zone()), checkMoment(ps, path+".until", f.Until, f.Zone())
	switch {
	case from.IsZero() || until.IsZero():
		return time.Time{}, time.Time{}
	case !until.After(from):
		ps.Add(path+".until", f.Until+" is not after "+f.From, "give a later time")
		return time.Time{}, time.Time{}
	case until.Sub(from) > maxFreeze:
		ps.Add(path+".until", "is "+wallclock.FormatDuration(until.Sub(from))+" after from", "give "+wallclock.FormatDuration(maxFreeze)+" at most")
	}
	return from, until
}

// checkMoment reads a day, or a day and a time; what is none is reported, and zero.
func checkMoment(ps *Problems, path, text string, zone *time.Location) time.Time {
	for _, layout := range []string{"2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t
		}
	}
	ps.Add(path, fmt.Sprintf("%q is not a time", text), `write it as "2026-11-26 18:00" or "2026-11-26"`)
	return time.Time{}
}
