package jobs

import (
	"fmt"
	"strings"

	"opsbot/k8sops/kube"
	"opsbot/k8sops/redact"
)

// manifest is what would be created, as the additions of a diff.
func manifest(t kube.JobTemplate) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "+ %s: %s\n", name, redact.Text(value))
		}
	}
	line("image", t.Image)
	line("command", quoted(t.Command))
	line("args", quoted(t.Args))
	for _, v := range t.Env {
		value := v.Value
		if v.Secret != "" {
			value = fmt.Sprintf("(key %s of Secret %s)", v.Key, v.Secret)
		}
		line("env "+v.Name, value)
	}
	line("cpu", t.CPU)
	line("memory", t.Memory)
	return b.String()
}

func quoted(words []string) string {
	var all []string
	for _, w := range words {
		if strings.ContainsAny(w, " \"'") {
			w = fmt.Sprintf("%q", w)
		}
		all = append(all, w)
	}
	return strings.Join(all, " ")
}
