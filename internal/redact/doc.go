// Package redact hides passwords, tokens and keys in text that leaves opsbot. Control sequences go first, so that a colour cannot stand
// between a name and its value. Then one pass of an automaton finds the words that a secret has near it, and only there the rules look
// closer: parsers for names with values, addresses and tokens, and gitleaks' rules. What is hidden stays hidden: a second pass changes
// nothing.
package redact

//go:generate go run ./gitleaks
