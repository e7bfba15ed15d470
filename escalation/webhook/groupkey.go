package webhook

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"opsbot/internal/redact"
)

// Ungrouped is the key of the alerts of a route that groups by nothing, as Alertmanager's webhook names its root route.
const Ungrouped = "{}:{}"

// GroupKey names a group by its labels: {alertname="X", service="y"}. Alertmanager's own key also holds the path of the route,
// which changes with every edit of the routing tree, and which its API does not return. If a route groups by nothing, the
// labels cannot name the group, and given, Alertmanager's own key, stays.
func GroupKey(labels map[string]string, given string) string {
	if len(labels) == 0 {
		return limitGroupKey(redact.Text(given))
	}
	pairs := make([]string, 0, len(labels))
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, name+"="+strconv.Quote(redactLabel(name, labels[name])))
	}
	return limitGroupKey("{" + strings.Join(pairs, ", ") + "}")
}
