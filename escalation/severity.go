package escalation

import (
	"slices"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// withSeverities gives the alerts the severities that the policy has for their words.
func (p Policy) withSeverities(deliveries []incident.Notification) []incident.Notification {
	if len(p.Words) == 0 {
		return deliveries
	}
	mapped := slices.Clone(deliveries)
	for i, n := range mapped {
		mapped[i].Alerts = slices.Clone(n.Alerts)
		for k, a := range n.Alerts {
			if s, ok := p.Words[incident.PlainWord(a.Labels["severity"])]; ok && !a.Own && !a.Manual {
				mapped[i].Alerts[k].SeverityAs = s.String()
			}
		}
	}
	return mapped
}

// doubtSeverity notes whether an alert that fires has an unknown word for its severity, and says so once. It reports whether that is
// new.
func (d *decision) doubtSeverity() (isNew bool) {
	was := d.inc.SeverityUnclear
	unclear := d.unclear()
	d.inc.SeverityUnclear = len(unclear) > 0 && !d.inc.SeverityFixed
	if was || !d.inc.SeverityUnclear {
		return false
	}
	d.post(incident.EntryAlert, "", messages.New("escalation.entry.severity_unknown",
		"word", messages.Code(messages.Shorten(unclear[0].Labels["severity"], 40)), "alert", messages.Code(messages.Shorten(unclear[0].Name(), 60))))
	return true
}

// unclear are the alerts that fire with an unknown severity, the first by name first.
func (d *decision) unclear() []incident.Alert {
	var list []incident.Alert
	for _, a := range d.inc.Alerts {
		if a.Firing && a.HasUnknownSeverity() {
			list = append(list, a)
		}
	}
	return incident.WorstFirst(list)
}
