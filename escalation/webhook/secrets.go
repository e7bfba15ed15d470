package webhook

import (
	"bytes"
	"encoding/json"
	"maps"

	"opsbot/escalation/incident"
	"opsbot/internal/redact"
)

// Redacted is a notification without what is secret in its labels, annotations and addresses. Fingerprints stay, and so do the labels that
// tell what an alert is about (isAbout): by these it is found, grouped and routed.
func Redacted(n incident.Notification) incident.Notification {
	n.Labels = redactLabels(n.Labels)
	n.ExternalURL = redact.Text(n.ExternalURL)
	for i := range n.Alerts {
		a := &n.Alerts[i]
		a.Labels, a.Annotations = redactLabels(a.Labels), redactLabels(a.Annotations)
		a.GeneratorURL = redact.Text(a.GeneratorURL)
	}
	return n
}

// redactLabels changes the map only where it must.
func redactLabels(labels map[string]string) map[string]string {
	var changed map[string]string
	for name, value := range labels {
		after := redactLabel(name, value)
		if after == value {
			continue
		}
		if changed == nil {
			changed = maps.Clone(labels)
		}
		changed[name] = after
	}
	if changed == nil {
		return labels
	}
	return changed
}

func redactLabel(name, value string) string {
	switch {
	case isAbout(name):
		return value
	case isNameOfSecret(name):
		return redact.Text(value)
	}
	return redact.Value(name, value)
}

// isAbout tells the labels that say what an alert is about.
func isAbout(name string) bool {
	switch name {
	case "alertname", "severity", "role", "team", "service", "app", "deployment", "statefulset", "daemonset", "replicaset", "cronjob", "job_name",
		"namespace", "pod", "container", "node", "cluster", "job", "region", "zone", "env", "environment", "tier", "phase", "reason", "condition":
		return true
	}
	return false
}

// isNameOfSecret tells the labels in which kube-state-metrics gives the name of a Secret.
func isNameOfSecret(name string) bool { return name == "secret" || name == "exported_secret" }

// WithoutSecrets is a delivery as it may be kept: the same JSON, with what is secret hidden. One without secrets stays as it came.
func WithoutSecrets(payload []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var body any
	if err := decoder.Decode(&body); err != nil {
		return []byte(redact.Text(string(payload)))
	}
	w := walk{}
	body = w.value("", body)
	if !w.changed {
		return payload
	}
	kept, err := json.Marshal(body)
	if err != nil {
		return []byte(redact.Text(string(payload)))
	}
	return kept
}

type walk struct{ changed bool }

// value redacts what stands under a name, in all that it holds.
func (w *walk) value(name string, v any) any {
	switch v := v.(type) {
	case string:
		after := redactLabel(name, v)
		w.changed = w.changed || after != v
		return after
	case []any:
		for i := range v {
			v[i] = w.value(name, v[i])
		}
	case map[string]any:
		for key, value := range v {
			v[key] = w.value(key, value)
		}
	}
	return v
}
