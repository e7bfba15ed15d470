package cmdline

import (
	"errors"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Parse reads a command line as a person types it, with or without the leading slash or the "ops" Umbrella. Args hold
// every declared argument that was given or has a default, in canonical form. Every error is an *Error of code
// invalid or not_found that names the problem and the usage.
func Parse(ops []k8sops.Operation, line string) (*k8sops.Operation, k8sops.Args, error) {
	words, err := SplitWords(line)
	if err != nil {
		return nil, nil, err
	}
	if len(words) == 0 {
		return nil, nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.parse.empty"), Suggest: []string{"ops help"}}
	}
	op, rest, err := FindOperation(ops, words)
	if err != nil {
		return nil, nil, err
	}
	args, err := parseArgs(op, rest)
	if err == nil {
		return op, args, nil
	}
	if _, missing := errors.AsType[*Missing](err); !missing && op.TakesSecret() {
		return op, nil, secretTyped(op)
	}
	return op, nil, memberMeant(ops, op, rest, err)
}

// FindOperation takes the operation's name off the words. The words of a name may also stand apart, as in
// "rollout user restart". A word that begins several names, with nothing behind it, is the question which there are.
func FindOperation(ops []k8sops.Operation, words []Word) (*k8sops.Operation, []Word, error) {
	words = slices.Clone(words)
	words[0].text = strings.TrimPrefix(words[0].text, "/")
	if family, members := BareFamily(ops, words); members != nil {
		if help, err := k8sops.Find(ops, k8sops.HelpName); err == nil {
			return help, []Word{{text: family}}, nil
		}
	}
	if op, rest := matchOperation(ops, words); op != nil {
		return withFlags(ops, op, rest), rest, nil
	}
	if words[0].is(k8sops.Umbrella) && len(words) > 1 {
		return FindOperation(ops, words[1:])
	}
	return nil, nil, unknownOperation(ops, words)
}

func matchOperation(ops []k8sops.Operation, words []Word) (*k8sops.Operation, []Word) {
	var best *k8sops.Operation
	var bestRest []Word
	bestLength := 0
	for i := range ops {
		for _, name := range append([]string{ops[i].Name}, ops[i].Aliases...) {
			parts := strings.Fields(name)
			if rest, ok := takeName(parts, words); ok && len(parts) > bestLength {
				best, bestRest, bestLength = &ops[i], rest, len(parts)
			}
		}
	}
	return best, bestRest
}

// withFlags is the operation that op's name means together with a flag that only that one has, or else op.
func withFlags(ops []k8sops.Operation, op *k8sops.Operation, words []Word) *k8sops.Operation {
	for i := range ops {
		if ops[i].WithFlags != op.Name {
			continue
		}
		for _, w := range words {
			name, _, _, isFlag := w.flag()
			_, its := ops[i].Arg(name)
			if _, also := op.Arg(name); isFlag && its && !also {
				return &ops[i]
			}
		}
	}
	return op
}

// takeName removes the words of a name: the first must come first, a second one may follow one argument.
func takeName(name []string, words []Word) ([]Word, bool) {
	if !words[0].is(name[0]) {
		return nil, false
	}
	rest := words[1:]
	for _, part := range name[1:] {
		at := slices.IndexFunc(rest[:min(2, len(rest))], func(w Word) bool { return w.is(part) })
		if at < 0 {
			return nil, false
		}
		rest = append(slices.Clone(rest[:at]), rest[at+1:]...)
	}
	return rest, true
}

func (w Word) is(name string) bool { return !w.quoted && strings.EqualFold(w.text, name) }

// flag splits "--name=value" and "--name"; ok is false for a value. A single hyphen starts a flag unless a digit follows.
func (w Word) flag() (name, value string, hasValue, ok bool) {
	if w.quoted || len(w.text) < 2 || w.text[0] != '-' || w.text[1] >= '0' && w.text[1] <= '9' {
		return "", "", false, false
	}
	name, value, hasValue = strings.Cut(strings.TrimLeft(w.text, "-"), "=")
	return strings.ToLower(name), value, hasValue, true
}
