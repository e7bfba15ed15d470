// Package redact hides passwords, tokens and keys in text that programs write.
package redact

import (
	"regexp"
	"slices"
	"strings"
)

const hidden = "***"

// The names of what is secret. "pass" counts as a word of its own (DB_PASS, smtp.pass, dbPass), so that passengers and
// compasses stay readable.
const (
	secretWord = `(?:(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|(?:api|access|private|signing|encryption)[_-]?key)[\w.-]*` +
		`|(?:\b|_|require|user|db|smtp|mail|root|admin|redis)pass(?:[_.-][\w.-]*|\b)|(?-i:[a-z]Pass)\b)`
	assignment = `\\?["']?\s*[:=]\s*`
	quoted     = `\\"(?:[^\\"]|\\[^"])*(?:\\")?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?`
)

// What a secret looks like in text that programs write. The patterns rather hide too much: nothing secret may reach
// Slack.
var (
	secretField  = regexp.MustCompile(`(?i)(` + secretWord + assignment + `)(?:` + quoted + `|(?:(?:bearer|basic|token|digest)\s+)?[^\s"',;&}\\]+)`)
	secretHeader = regexp.MustCompile(`(?i)((?:authorization|\b(?:set-)?cookie|passphrase)` + assignment + `)(?:` + quoted + `|.+)`)
	secretFlag   = regexp.MustCompile(`(?i)(--[\w.-]*` + secretWord + `\s+|\b(?:requirepass|masterauth)\s+)(?:` + quoted + `|[^\s-]\S*)`)
	secretSQL    = regexp.MustCompile(`(?i)\b((?:password|identified\s+by)\s+)(?:'(?:[^']|'')*'?|"[^"]*"?)`)
	bearerToken  = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}`)
	// A password with an @ in it is greedy to the last one of the authority; those of connection strings are often not
	// encoded at all and may have a slash, too.
	urlPassword        = regexp.MustCompile(`(://[^\s/:@]*):[^\s/?#"']+@`)
	connectionPassword = regexp.MustCompile(`(?i)\b((?:postgres(?:ql)?|mysql|mariadb|sqlserver|rediss?|mongodb(?:\+srv)?|amqps?)(?:\+\w+)?://[^\s/:@]*):[^\s"'<>]+@`)
	knownSecrets       = regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bxox[a-z]-[\w-]{8,}|\bxapp-[\w-]{8,}` +
		`|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\b[srp]k_(?:live|test)_\w{8,}|\bAIza[\w-]{30,}|\bhooks\.slack\.com/services/[\w/]+`)
)

// Text hides passwords, tokens and keys in text that a program wrote. Each pattern is tried only where a word of it
// occurs: nearly all lines of a log have none, and a pattern takes a hundred times as long as looking for a word.
func Text(text string) string {
	lower := strings.ToLower(text)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(lower, w) })
	}
	text = redactPrivateKeys(text)
	if has("://") {
		text = connectionPassword.ReplaceAllString(text, "${1}:"+hidden+"@")
		text = urlPassword.ReplaceAllString(text, "${1}:"+hidden+"@")
	}
	if has("authorization", "cookie", "passphrase") {
		text = secretHeader.ReplaceAllString(text, "${1}"+hidden)
	}
	if has("pass", "pwd", "secret", "token", "credential", "key", "masterauth") {
		text = secretField.ReplaceAllString(text, "${1}"+hidden)
		text = secretFlag.ReplaceAllString(text, "${1}"+hidden)
	}
	if has("password", "identified") {
		text = secretSQL.ReplaceAllString(text, "${1}"+hidden)
	}
	if has("bearer", "basic") {
		text = bearerToken.ReplaceAllString(text, "${1} "+hidden)
	}
	if has("eyj", "akia", "asia", "xox", "xapp-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "k_live_", "k_test_", "aiza", "hooks.slack") {
		text = knownSecrets.ReplaceAllString(text, hidden)
	}
	return text
}
