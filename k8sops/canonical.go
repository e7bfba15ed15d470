package k8sops

import (
	"strings"

	"opsbot/messages"
)

// Canonical is the one way to write a call: positional arguments, then flags, in the order of the declaration, defaults
// left out. Approval digests, undo and buttons rely on it; Parse reads it back to the same arguments.
func Canonical(op *Operation, args Args) string {
	words := []string{op.Name}
	gap := false
	for _, a := range op.Args {
		value, given := args[a.Name]
		switch {
		case !a.Positional:
		case !given || value == "" || value == a.Default && !a.Required:
			// What follows a left-out positional argument must be named, or it would take its place.
			gap = true
		case gap:
			words = append(words, "--"+a.Name+"="+quoteWord(value))
		case a.Rest:
			for part := range strings.FieldsSeq(value) {
				words = append(words, quoteWord(part))
			}
		default:
			words = append(words, quoteWord(value))
		}
	}
	for _, a := range op.Args {
		value, given := args[a.Name]
		if a.Positional || !given || value == "" || value == a.Default || a.Kind == KindBool && value == "false" {
			continue
		}
		if a.Kind == KindBool {
			words = append(words, "--"+a.Name)
			continue
		}
		words = append(words, "--"+a.Name, quoteWord(value))
	}
	return strings.Join(words, " ")
}

// Usage is the operation's synopsis: "scale <service> <replicas> [--except LIST]".
func Usage(op *Operation) string {
	words := []string{op.Name}
	for _, a := range op.Args {
		words = append(words, a.usage())
	}
	return strings.Join(words, " ")
}

func (a Arg) usage() string {
	name := a.Name
	if len(a.Choices) > 0 {
		name = strings.Join(a.Choices, "|")
	}
	switch {
	case a.Positional && a.Required:
		return "<" + name + ">"
	case a.Positional:
		return "[" + name + "]"
	case a.Kind == KindBool:
		return "[--" + a.Name + "]"
	case len(a.Choices) > 0:
		return "[--" + a.Name + " " + name + "]"
	case a.Default != "":
		return "[--" + a.Name + " " + a.Default + "]"
	default:
		return "[--" + a.Name + " " + strings.ToUpper(a.Name) + "]"
	}
}

func usageText(op *Operation) messages.Text {
	return messages.New("k8sops.parse.usage", "usage", messages.Code(Usage(op)))
}
