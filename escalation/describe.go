package escalation

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// isCommon tells the labels that say nothing about which of several alerts of one name this is.
func isCommon(label string) bool {
	switch label {
	case "alertname", "severity", "role", "team", "prometheus", "monitor", "tier":
		return true
	default:
		return false
	}
}

// detail tells one alert from the others of its group: the labels that the group does not share, then the summary.
func (a Alert) detail(group map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
		if _, shared := group[name]; shared || isCommon(name) {
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

// titleOf names an incident by the worst of its first firing alerts. It is untrusted text.
func titleOf(firing []Alert) string {
	first := worstFirst(firing)[0]
	if len(firing) == 1 && first.Summary() != "" {
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
