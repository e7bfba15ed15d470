package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"opsbot/escalation/incident"

	"github.com/prometheus/alertmanager/template"
)

// Limits of what is kept of a delivery; for text in bytes. They are far above what Alertmanager sends and far below what
// would do harm. What exceeds them is cut, not refused: Alertmanager does not repeat what is refused, and its alerts would be
// lost.
const (
	maxPayload    = 16 << 20
	maxAlerts     = 10_000
	maxTruncated  = 1 << 31
	maxLabels     = 128
	maxLabelName  = 1 << 10
	maxLabelValue = 16 << 10
	maxGroupKey   = 16 << 10
)

// limitLabels keeps at most maxLabels labels or annotations, those that opsbot reads first, then by name, with their
// values cut.
func limitLabels(labels template.KV) map[string]string {
	if areWithinLimits(labels) {
		return labels
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(labels)), func(name string) bool { return len(name) > maxLabelName })
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case isRead(a) == isRead(b):
			return 0
		case isRead(a):
			return -1
		default:
			return 1
		}
	})
	kept := make(map[string]string, min(len(names), maxLabels))
	for _, name := range names[:min(len(names), maxLabels)] {
		kept[name] = cut(labels[name], maxLabelValue)
	}
	return kept
}

func areWithinLimits(labels template.KV) bool {
	for name, value := range labels {
		if len(name) > maxLabelName || len(value) > maxLabelValue {
			return false
		}
	}
	return len(labels) <= maxLabels
}

// isRead reports whether a label or an annotation decides who is paged or what people see.
func isRead(name string) bool {
	switch name {
	case "alertname", "severity", "role", "team", "service", "app", "deployment", "statefulset",
		"summary", "message", "description", "runbook_url", dashboardURL, incident.CommandsAnnotation:
		return true
	default:
		return false
	}
}

// limitGroupKey keeps the keys of different groups different.
func limitGroupKey(key string) string {
	if len(key) <= maxGroupKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return cut(key, 1<<10) + hex.EncodeToString(sum[:])
}

// cut shortens s to at most limit bytes, including the mark that it was cut.
func cut(s string, limit int) string {
	const mark = "…"
	if len(s) <= limit {
		return s
	}
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(s[:end]) + mark
}
