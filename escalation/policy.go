package escalation

import (
	"errors"
	"fmt"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// Policy says who is paged when. It is data, and immutable.
type Policy struct {
	// Stages are for severities without stages of their own.
	Stages     map[incident.Stage]StagePolicy
	Severities map[incident.Severity]SeverityPolicy
	// Words are severities by words of the label "severity" (incident.PlainWord), before those that are built in.
	Words map[string]incident.Severity
	// Hours are when people are paged about what can wait: severities with InHours, and postmortems. Nil means around the clock.
	Hours *oncall.WorkingHours
	// Forgotten is after how long without activity the owner of a firing incident is reminded and the ladder begins, even if the
	// stage's deadline is far. Zero: only the deadline counts.
	Forgotten time.Duration
	// QuietPeriod is how long an incident waits after its last alert has resolved. An alert that fires in this time reopens it.
	QuietPeriod time.Duration
	// PageGap is the shortest time between two pages about new alerts of one incident. Alerts that come faster share a page.
	PageGap time.Duration
	// PagePatience is after how long without receipt a page is tried on the person's next channel. LastPatience is how long the
	// last channel is tried.
	PagePatience, LastPatience time.Duration
	Routing                    oncall.Routing
	Storm                      StormPolicy
	// Channel is the Slack channel of the incidents.
	Channel string
	// UpdatesChannel is the channel of the updates for stakeholders; "": none.
	UpdatesChannel string
	// Clusters are the names of the clusters where there are several: suggested operations say which they are for.
	Clusters []string
}

// SeverityPolicy is how the policy differs for a severity.
type SeverityPolicy struct {
	// Stages replace all of the policy's stages; nil: the policy's apply.
	Stages map[incident.Stage]StagePolicy
	// InHours makes deadlines and reminders run only in the policy's Hours, so that nobody is paged outside them.
	InHours bool
}

// StagePolicy is one stage of the response procedure.
type StagePolicy struct {
	// Deadline is counted from the incident's opening, for the postmortem from its resolution.
	Deadline time.Duration
	// Ladder are the steps in their order: a role, Routed, Owner or Everyone. A step is skipped if nobody of it can be paged, or
	// if all of it have been paged by earlier steps.
	Ladder []oncall.Role
	// Remind is the time from one step to the next.
	Remind time.Duration
	// Repeat is how often the whole ladder is paged. After that only its last step is paged, every Nag; never if Nag is zero.
	Repeat int
	Nag    time.Duration
}

// DefaultPolicy is the handbook's response procedure (告警响应流程: 5, 15 and 30 minutes, 24 hours). All other times are in
// proportion to respond.
func DefaultPolicy(respond, diagnose, resolve, postmortem time.Duration) Policy {
	routing, _ := oncall.NewRouting([]string{"role", "team"}, oncall.DefaultRules(), oncall.System) // the rules are constant, and tested
	return Policy{
		Stages:      DefaultStages(respond, diagnose, resolve, postmortem),
		Forgotten:   3 * respond,
		QuietPeriod: respond,
		PageGap:     respond / 10,
		// Two minutes of five, so that the next channel is tried before the next person is paged.
		PagePatience: 2 * respond / 5,
		LastPatience: 6 * respond,
		Routing:      routing,
		Storm:        StormPolicy{Groups: 4, Within: respond / 5, By: []string{"cluster", "namespace"}},
	}
}

// DefaultStages are the stages of the handbook. The routed role is paged first, then the system administrator, then the
// development lead, then everybody.
func DefaultStages(respond, diagnose, resolve, postmortem time.Duration) map[incident.Stage]StagePolicy {
	overdue := []oncall.Role{oncall.Owner, oncall.Routed, oncall.System, oncall.Development, oncall.Everyone}
	return map[incident.Stage]StagePolicy{
		incident.Respond:    {Deadline: respond, Ladder: overdue[1:], Remind: respond, Repeat: 3, Nag: 12 * respond},
		incident.Diagnose:   {Deadline: diagnose, Ladder: overdue, Remind: respond, Repeat: 2, Nag: 12 * respond},
		incident.Resolve:    {Deadline: resolve, Ladder: overdue, Remind: respond, Repeat: 2, Nag: 12 * respond},
		incident.Postmortem: {Deadline: postmortem, Ladder: []oncall.Role{oncall.Owner, oncall.Routed, oncall.System}, Remind: postmortem, Repeat: 1},
	}
}

// Stage is the policy of a stage for incidents of a severity.
func (p Policy) Stage(severity incident.Severity, stage incident.Stage) StagePolicy {
	if own := p.Severities[severity].Stages; own != nil {
		return own[stage]
	}
	return p.Stages[stage]
}

// hours are when people may be paged. Nobody is woken for a postmortem, whatever its severity, and nothing waits whose severity is
// unclear: it may mean anything.
func (p Policy) hours(inc incident.Incident, stage incident.Stage) *oncall.WorkingHours {
	if stage == incident.Postmortem || p.Severities[inc.Severity].InHours && !inc.SeverityUnclear {
		return p.Hours
	}
	return nil
}

// deadline is when a stage of the incident must be over. The time for a postmortem is not limited to working hours.
func (p Policy) deadline(inc incident.Incident, stage incident.Stage) time.Time {
	start, within := clockStart(inc, stage), p.Stage(inc.Severity, stage).Deadline
	if stage == incident.Postmortem {
		return start.Add(within)
	}
	return p.hours(inc, stage).Add(start, within)
}

// clockStart is what the deadlines of the stages are counted from.
func clockStart(inc incident.Incident, stage incident.Stage) time.Time {
	switch {
	case stage == incident.Postmortem:
		return inc.ResolvedAt
	case !inc.ReopenedAt.IsZero():
		return inc.ReopenedAt
	default:
		return inc.OpenedAt
	}
}

// Validate refuses policies that would page without end, or never.
func (p Policy) Validate() error {
	problems := []error{p.Hours.Validate()}
	for _, severity := range []incident.Severity{incident.Info, incident.Warning, incident.Critical} {
		problems = append(problems, p.validateStages(severity))
	}
	if p.Forgotten < 0 {
		problems = append(problems, fmt.Errorf("policy: forgotten after %s: want zero or more", p.Forgotten))
	}
	if p.QuietPeriod <= 0 || p.PageGap < 0 {
		problems = append(problems, fmt.Errorf("policy: quiet period %s and page gap %s: want above zero", p.QuietPeriod, p.PageGap))
	}
	if p.Storm.Groups < 0 || (p.Storm.Groups > 0 && p.Storm.Within <= 0) {
		problems = append(problems, fmt.Errorf("policy: storm of %d groups within %s: want above zero", p.Storm.Groups, p.Storm.Within))
	}
	if p.PagePatience <= 0 || p.LastPatience <= 0 {
		problems = append(problems, fmt.Errorf("policy: page patience %s and %s: want above zero", p.PagePatience, p.LastPatience))
	}
	return errors.Join(problems...)
}

func (p Policy) validateStages(severity incident.Severity) error {
	var problems []error
	for _, stage := range []incident.Stage{incident.Respond, incident.Diagnose, incident.Resolve, incident.Postmortem} {
		s := p.Stage(severity, stage)
		if s.Deadline <= 0 || s.Remind <= 0 || s.Repeat < 1 || s.Nag < 0 {
			problems = append(problems, fmt.Errorf("policy stage %s of severity %s: want deadline and remind above zero, repeat at least 1: have %+v",
				stage, severity, s))
		}
	}
	return errors.Join(problems...)
}
