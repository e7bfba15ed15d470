package escalation

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// StormPolicy says when the alerts of many groups are one problem. When a node, a network or a database fails, everything that
// depends on it alerts, each in its own group. An incident for each would page people for what they cannot fix.
type StormPolicy struct {
	// Groups is how many incidents with the same role and the same values of By may open Within that time. The alerts of all
	// further groups become one incident, the storm, until no new alert has come for Within. Zero turns this off.
	Groups int
	Within time.Duration
	By     []string // labels
}

// Correlation is what the alerts of a storm have in common: the role, and the values of the labels.
func (p Policy) Correlation(a incident.Alert) string {
	var b strings.Builder
	b.WriteString(string(p.Routing.Role(a.Labels)))
	for _, label := range p.Storm.By {
		b.WriteString(" " + label + "=" + strconv.Quote(messages.Shorten(a.Labels[label], 200)))
	}
	return b.String()
}

// shareLabels keeps only the labels that all alerts of a storm share, new ones included, and names the storm by them.
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
