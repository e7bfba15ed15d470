package incident

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"opsbot/messages"
)

// TitleOf names an incident by the worst of its first firing alerts. It is untrusted text.
func TitleOf(firing []Alert) string {
	first := WorstFirst(firing)[0]
	if len(firing) == 1 && first.Summary() != "" {
		return messages.Shorten(first.Name()+": "+first.Summary(), 120)
	}
	name := first.Name()
	if service := first.Service(); service != "" {
		name += " " + service
	}
	return messages.Shorten(name, 120)
}

// WorstFirst orders alerts for people: firing before resolved, then by severity, age and name.
func WorstFirst(alerts []Alert) []Alert {
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

// StormTitle is what all alerts have in common, or the names of some if they have nothing in common. It is untrusted text.
func StormTitle(shared map[string]string, alerts []Alert) string {
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
		return messages.Shorten(strings.Join(parts, " "), 120)
	}
	for _, a := range WorstFirst(alerts) {
		if !slices.Contains(parts, a.Name()) {
			parts = append(parts, a.Name())
		}
	}
	return messages.Shorten(strings.Join(parts, ", "), 120)
}
