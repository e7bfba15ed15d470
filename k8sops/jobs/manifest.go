package jobs

import (
	"fmt"
	"regexp"
	"strings"

	"opsbot/k8sops/rollout"
)

// figure is a value that cannot be a secret worth its name: a number of virtual users, a duration, a share.
var figure = regexp.MustCompile(`^([0-9]{1,6}(\.[0-9]{1,3})?(ms|s|m|h|%|[KMG]i?)?|true|false)$`)

// manifest is what would be created, as the additions of a diff: image, resources, and by name what is set. Commands, arguments and
// values of variables are the configuration's and may hold a password.
func manifest(t rollout.JobTemplate) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "+ %s: %s\n", name, value)
		}
	}
	line("image", t.Image)
	line("command", unsaid(len(t.Command)))
	line("args", unsaid(len(t.Args)))
	for _, v := range t.Env {
		value := unsaid(len(v.Value))
		switch {
		case v.Secret != "":
			value = fmt.Sprintf("(key %s of Secret %s)", v.Key, v.Secret)
		case figure.MatchString(v.Value):
			value = v.Value
		}
		line("env "+v.Name, value)
	}
	line("cpu", t.CPU)
	line("memory", t.Memory)
	return b.String()
}

// unsaid stands for what is set and not shown.
func unsaid(length int) string {
	if length == 0 {
		return ""
	}
	return "(set)"
}
