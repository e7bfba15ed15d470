package escalation

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// StormPolicy says when alerts of many groups are one problem. A node, a network or a database that fails makes everything
// that leans on it complain, each in its own group: an incident for each would page people for things that they cannot mend.
type StormPolicy struct {
	// Groups is how many incidents that have the values of By in common, and the role that they are routed to, may open Within
	// that time. The alerts of every further group become one incident, the storm, for as long as no Within passes without
	// anything new. Zero: never.
	Groups int
	Within time.Duration
	By     []string // labels
}

// Correlation is what the storms of an alert have in common: its role, and the values of the labels.
func (p Policy) Correlation(a incident.Alert) string {
	var b strings.Builder
	b.WriteString(string(p.Routing.Role(a.Labels)))
	for _, label := range p.Storm.By {
		b.WriteString(" " + label + "=" + strconv.Quote(messages.Shorten(a.Labels[label], 200)))
	}
	return b.String()
}

// shareLabels narrows the labels that the alerts of a storm share down to those of one more alert, and names the storm by them.
func shareLabels(inc *incident.Incident, alerts []incident.Alert) {
	for _, a := range alerts {
		if inc.Labels == nil {
			inc.Labels = maps.Clone(a.Labels)
			continue
		}
		shared := map[string]string{}
		for label, value := range inc.Labels {
			if a.Labels[label] == value {
				shared[label] = value
			}
		}
		inc.Labels = shared
	}
	inc.Title = incident.StormTitle(inc.Labels, alerts)
}
