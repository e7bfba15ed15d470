package k8sops

import (
	"regexp"

	corev1 "k8s.io/api/core/v1"
)

const hidden = "***"

// What a secret looks like in a log line. The patterns rather hide too much: nothing secret may reach Slack.
var (
	secretField  = regexp.MustCompile(`(?i)([\w.-]*(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization)[\w.-]*\\?["']?\s*[:=]\s*(?:\\?["'])?)((?:bearer|basic|token|digest)\s+)?([^\s"',;&}\\]+)`)
	bearerToken  = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}`)
	urlPassword  = regexp.MustCompile(`(://[^\s/:@]*):[^\s/@]+@`)
	knownSecrets = regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bxox[a-z]-[\w-]{8,}|\bxapp-[\w-]{8,}|\bgh[pousr]_\w{20,}`)
	secretName   = regexp.MustCompile(`(?i)password|passwd|pwd|secret|token|key|credential|auth`)
)

// redact hides passwords, tokens and keys in text that a program wrote.
func redact(line string) string {
	line = urlPassword.ReplaceAllString(line, "${1}:"+hidden+"@")
	line = secretField.ReplaceAllString(line, "${1}${2}"+hidden)
	line = bearerToken.ReplaceAllString(line, "${1} "+hidden)
	return knownSecrets.ReplaceAllString(line, hidden)
}

// redactContainers hides the values of variables that are named like secrets, and secrets inside other values and
// arguments. References to Secret objects stay: they are no secret.
func redactContainers(containers []corev1.Container) {
	for i := range containers {
		c := &containers[i]
		for j := range c.Env {
			e := &c.Env[j]
			if e.Value != "" && secretName.MatchString(e.Name) {
				e.Value = hidden
			}
			e.Value = redact(e.Value)
		}
		for _, words := range [][]string{c.Command, c.Args} {
			for j := range words {
				words[j] = redact(words[j])
			}
		}
	}
}
