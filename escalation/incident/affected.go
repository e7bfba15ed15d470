package incident

import (
	"slices"
	"strings"

	"opsbot/messages"
)

// Affected names the workloads of the firing alerts, or of all alerts if none fires.
func Affected(alerts []Alert) string {
	var names []string
	for _, a := range alerts {
		name := a.Service()
		if name == "" {
			name = firstLabel(a.Labels, "pod", "instance", "node", "job")
		}
		if name == "" || slices.Contains(names, name) || (!a.Firing && len(names) > 0) {
			continue
		}
		names = append(names, name)
		if len(names) == 8 {
			names = append(names, "…")
			break
		}
	}
	for i, name := range names {
		names[i] = messages.Shorten(name, 60)
	}
	return strings.Join(names, ", ")
}

func firstLabel(labels map[string]string, names ...string) string {
	for _, name := range names {
		if labels[name] != "" {
			return labels[name]
		}
	}
	return ""
}
