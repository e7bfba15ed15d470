package k8sops

import (
	"slices"
	"strings"

	"opsbot/messages"
)

// Canonical is the one way to write a call: positional arguments, then flags, in the order of the declaration, defaults
// left out. Approval digests, undo and buttons rely on it; Parse reads it back to the same arguments.
func Canonical(op *Operation, args Args) string {
	words := append([]string{op.Name}, positionalWords(op, args)...)
	return strings.Join(append(words, flagWords(op, args)...), " ")
}

func positionalWords(op *Operation, args Args) []string {
	var words []string
	gap := false
	for _, a := range op.Args {
		value := args[a.Name]
		switch {
		case !a.Positional:
		case value == "" || value == a.Default && !a.Required:
			// What follows a left-out positional argument must be named, or it would take its place.
			gap = true
		case gap:
			words = append(words, "--"+a.Name+"="+QuoteWord(value))
		case a.Rest:
			for part := range strings.FieldsSeq(value) {
				words = append(words, QuoteWord(part))
			}
		default:
			words = append(words, QuoteWord(value))
		}
	}
	return words
}

func flagWords(op *Operation, args Args) []string {
	var words []string
	for _, a := range op.Args {
		value := args[a.Name]
		switch {
		case a.Positional || a.Hidden || value == "" || value == a.Default:
		case a.Kind == KindSecret: // the flag alone asks for it
			words = append(words, "--"+a.Name)
		case a.Kind != KindBool:
			words = append(words, "--"+a.Name, QuoteWord(value))
		case value != "false":
			words = append(words, "--"+a.Name)
		}
	}
	return words
}

// Usage is the operation's synopsis: "scale <service> <replicas> [--except LIST]".
func Usage(op *Operation) string { return synopsis(op, op.Shown()) }

func synopsis(op *Operation, args []Arg) string {
	words := []string{op.Name}
	for _, a := range args {
		words = append(words, a.Usage())
	}
	return strings.Join(words, " ")
}

// maxShortUsage is how long a synopsis may be that shares a line with a summary, in characters.
const maxShortUsage = 40

// shortUsage is the synopsis for a list of operations: many flags are only hinted at, and --cluster, which all have, is left out.
func shortUsage(op *Operation) string {
	args := slices.DeleteFunc(op.Shown(), func(a Arg) bool { return a.Name == ClusterArg })
	if usage := synopsis(op, args); len(usage) <= maxShortUsage {
		return usage
	}
	words, flags := []string{op.Name}, ""
	for _, a := range args {
		if a.Positional {
			words = append(words, a.Usage())
		} else {
			flags = " [--…]"
		}
	}
	return strings.Join(words, " ") + flags
}

// Usage is the argument in a synopsis.
func (a Arg) Usage() string {
	name := a.Name
	if len(a.Choices) > 0 && a.Name != ClusterArg { // people know their clusters
		name = strings.Join(a.Choices, "|")
	}
	switch {
	case a.Positional && a.Required:
		return "<" + name + ">"
	case a.Positional:
		return "[" + name + "]"
	case a.Kind == KindBool, a.Kind == KindSecret:
		return "[--" + a.Name + "]"
	case len(a.Choices) > 0 && a.Name != ClusterArg:
		return "[--" + a.Name + " " + name + "]"
	case a.Default != "":
		return "[--" + a.Name + " " + a.Default + "]"
	default:
		return "[--" + a.Name + " " + strings.ToUpper(a.Name) + "]"
	}
}

// UsageText is the hint under a refusal: how the operation is called.
func UsageText(op *Operation) messages.Text {
	return messages.New("k8sops.parse.usage", "usage", messages.Code(Usage(op)))
}

// QuoteWord writes s so that SplitWords reads it back as one word.
func QuoteWord(s string) string {
	if s != "" && s[0] != '-' && strings.IndexFunc(s, unsafeInWord) < 0 {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func unsafeInWord(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./:@=,+%-", r))
}
