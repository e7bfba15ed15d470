package escalation

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// commonLabels say nothing about which of several alerts of one name this is.
var commonLabels = map[string]bool{
	"alertname": true, "severity": true, "role": true, "team": true, "prometheus": true, "monitor": true, "tier": true,
}

// detail tells one alert from the others of its group: the labels that the group does not share, then the summary.
func (a Alert) detail(group map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
		if _, shared := group[name]; shared || commonLabels[name] {
			continue
		}
		parts = append(parts, name+"="+shorten(a.Labels[name], 40))
		if len(parts) == 4 {
			break
		}
	}
	labels := strings.Join(parts, " ")
	switch summary := shorten(a.Summary(), 100); {
	case labels == "":
		return summary
	case summary == "":
		return labels
	default:
		return labels + " · " + summary
	}
}

// titleOf names an incident by what its first alerts have in common. It is untrusted text.
func titleOf(n Notification) string {
	first := worstFirst(n.Alerts)[0]
	if len(n.Alerts) == 1 && first.Summary() != "" {
		return shorten(first.Name()+": "+first.Summary(), 120)
	}
	name := first.Name()
	if service := first.Service(); service != "" {
		name += " " + service
	}
	return shorten(name, 120)
}

// worstFirst orders alerts for people: firing before resolved, then by severity, age and name.
func worstFirst(alerts []Alert) []Alert {
	sorted := slices.Clone(alerts)
	slices.SortStableFunc(sorted, func(a, b Alert) int {
		if a.Firing != b.Firing {
			if a.Firing {
				return -1
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(b.Severity(), a.Severity()),
			a.StartsAt.Compare(b.StartsAt),
			strings.Compare(a.Name(), b.Name()),
			strings.Compare(a.Fingerprint, b.Fingerprint),
		)
	})
	return sorted
}

// shorten cuts s to at most limit characters, on one line.
func shorten(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
