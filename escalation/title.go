package escalation

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

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

// stormTitle is what all alerts have in common, or the names of some where that is nothing. It is untrusted text.
func stormTitle(shared map[string]string, alerts []Alert) string {
	var parts []string
	if name := shared["alertname"]; name != "" {
		parts = append(parts, name)
	}
	for _, label := range slices.Sorted(maps.Keys(shared)) {
		if !isCommon(label) {
			parts = append(parts, label+"="+shared[label])
		}
	}
	if len(parts) > 0 {
		return shorten(strings.Join(parts, " "), 120)
	}
	for _, a := range worstFirst(alerts) {
		if !slices.Contains(parts, a.Name()) {
			parts = append(parts, a.Name())
		}
	}
	return shorten(strings.Join(parts, ", "), 120)
}
