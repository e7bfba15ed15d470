package configured

import (
	"fmt"

	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// Policy is the handbook's response procedure with the configured deadlines.
func Policy(c configs.Config, channel string) (escalation.Policy, error) {
	e := c.Escalation
	policy := escalation.DefaultPolicy(e.Respond, e.Diagnose, e.Resolve, e.Postmortem)
	policy.Forgotten, policy.Hours, policy.Severities = e.Forgotten, workingHours(e.Hours), severities(e)
	policy.Words = severityWords(c.Severities)
	policy.QuietPeriod, policy.Channel = c.Incident.Quiet, channel
	for _, cluster := range c.Clusters {
		policy.Clusters = append(policy.Clusters, cluster.Name)
	}
	if len(policy.Clusters) < 2 {
		policy.Clusters = nil
	}
	policy.Storm = escalation.StormPolicy(c.Incident.Storm)
	var rules []oncall.Rule
	for _, r := range c.Routing {
		rules = append(rules, oncall.Rule{Label: r.Label, Pattern: r.Pattern, Role: oncall.Role(r.Role)})
	}
	rules = append(rules, oncall.DefaultRules()...)
	var err error
	if policy.Routing, err = oncall.NewRouting([]string{"role", "team"}, rules, oncall.System); err != nil {
		return escalation.Policy{}, fmt.Errorf("routing: %w", err)
	}
	return policy, nil
}

// workingHours are the working hours; nil where none are configured.
func workingHours(h configs.WorkingHours) *oncall.WorkingHours {
	days, from, to, zone, ok := h.Span()
	if !ok {
		return nil
	}
	return &oncall.WorkingHours{Days: days, From: from, To: to, Zone: zone}
}

func severities(e configs.Escalation) map[incident.Severity]escalation.SeverityPolicy {
	severities := map[incident.Severity]escalation.SeverityPolicy{}
	for name, rules := range e.Severity.ByName() {
		own := escalation.SeverityPolicy{InHours: rules.Page == configs.PageInHours}
		if s := e.StagesOf(rules); s != e.Stages() {
			own.Stages = escalation.DefaultStages(s.Respond, s.Diagnose, s.Resolve, s.Postmortem)
		}
		severities[incident.ParseSeverity(name)] = own
	}
	return severities
}

func severityWords(w configs.SeverityWords) map[string]incident.Severity {
	words := map[string]incident.Severity{}
	for _, s := range []incident.Severity{incident.Info, incident.Warning, incident.Critical} { // the worst counts
		for _, word := range w.ByName()[s.String()] {
			words[incident.PlainWord(word)] = s
		}
	}
	return words
}
