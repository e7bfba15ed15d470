package configs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"opsbot/internal/wallclock"
)

// When people are paged about a severity.
const (
	PageAlways  = "always"
	PageInHours = "working_hours"
)

// Stages are the deadlines of one severity.
type Stages struct{ Respond, Diagnose, Resolve, Postmortem time.Duration }

// StagesOf are the deadlines of a severity with those that hold for all where it has none.
func (e Escalation) StagesOf(r SeverityRules) Stages {
	return Stages{
		Respond: cmp.Or(r.Respond, e.Respond), Diagnose: cmp.Or(r.Diagnose, e.Diagnose),
		Resolve: cmp.Or(r.Resolve, e.Resolve), Postmortem: cmp.Or(r.Postmortem, e.Postmortem),
	}
}

// ByName are the rules of the severities by their names.
func (s Severities) ByName() map[string]SeverityRules {
	return map[string]SeverityRules{"critical": s.Critical, "warning": s.Warning, "info": s.Info}
}

func (e Escalation) validate(ps *Problems) {
	e.Stages().validate(ps, "escalation")
	if e.Forgotten != 0 {
		checkAtLeast(ps, "escalation.forgotten", e.Forgotten, time.Second)
	}
	if e.Hours.Timezone != "" || e.Severity.needHours() {
		e.Hours.span(ps)
	}
	rules := e.Severity.ByName()
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		path := "escalation.severity." + name
		checkOneOf(ps, path+".page", rules[name].Page, []string{PageAlways, PageInHours})
		if own := rules[name]; own != (SeverityRules{Page: own.Page}) {
			e.StagesOf(own).validate(ps, path)
		}
	}
}

// Stages are the deadlines of severities that have none of their own.
func (e Escalation) Stages() Stages { return e.StagesOf(SeverityRules{}) }

func (s Stages) validate(ps *Problems, path string) {
	checkAtLeast(ps, path+".respond", s.Respond, time.Second)
	checkAtLeast(ps, path+".postmortem", s.Postmortem, time.Second)
	for _, later := range []struct {
		name, before    string
		stage, previous time.Duration
	}{{"diagnose", "respond", s.Diagnose, s.Respond}, {"resolve", "diagnose", s.Resolve, s.Diagnose}} {
		if later.stage < later.previous {
			ps.Add(path+"."+later.name, fmt.Sprintf("%s is shorter than %s.%s, %s", wallclock.FormatDuration(later.stage), path, later.before, wallclock.FormatDuration(later.previous)),
				"both count from the opening: make it longer")
		}
	}
}

func (s Severities) needHours() bool {
	for _, r := range s.ByName() {
		if r.Page == PageInHours {
			return true
		}
	}
	return false
}
