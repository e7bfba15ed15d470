package k8sops

import (
	"slices"
	"strings"

	"opsbot/internal/nearest"
	"opsbot/messages"
)

// umbrella begins any command line, for workspaces where the other words are taken; it is no family.
const umbrella = "ops"

// familyOf are the operations whose names share the first word w, each under the name that begins with it (the operation
// "backups" is "backup list" there), sorted; nil where fewer than two do.
func familyOf(ops []Operation, w Word) []Operation {
	var members []Operation
	for _, op := range ops {
		for _, name := range append([]string{op.Name}, op.Aliases...) {
			first, rest, _ := strings.Cut(name, " ")
			if rest != "" && w.is(first) {
				op.Name = name
				members = append(members, op)
				break
			}
		}
	}
	if len(members) < 2 || w.is(umbrella) {
		return nil
	}
	slices.SortFunc(members, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	return members
}

// BareFamily is the family that words name with nothing behind it, and its first word; nil for anything else, such as
// an operation that has the family's word for its name.
func BareFamily(ops []Operation, words []Word) (family string, members []Operation) {
	if len(words) != 1 {
		return "", nil
	}
	w := words[0]
	w.text = strings.ToLower(strings.TrimPrefix(w.text, "/"))
	if head(ops, w.text) != nil {
		return "", nil
	}
	return w.text, familyOf(ops, w)
}

// head is the operation whose name is the family's word alone, nil where there is none.
func head(ops []Operation, family string) *Operation {
	i := slices.IndexFunc(ops, func(op Operation) bool { return op.Name == family })
	if i < 0 {
		return nil
	}
	return &ops[i]
}

// FamilySummary says what the members of a family have in common; ok is false where that is not written down.
func FamilySummary(family string) (summary messages.Text, ok bool) {
	switch family {
	case "backup":
		return messages.New("k8sops.family.backup"), true
	case "hpa":
		return messages.New("k8sops.family.hpa"), true
	case "incident":
		return messages.New("k8sops.family.incident"), true
	case "oncall":
		return messages.New("k8sops.family.oncall"), true
	case "restore":
		return messages.New("k8sops.family.restore"), true
	case "rollout":
		return messages.New("k8sops.family.rollout"), true
	case "scale":
		return messages.New("k8sops.family.scale"), true
	}
	return messages.Text{}, false
}

// unknownMember answers a family's word with a second one that none of its members has.
func unknownMember(members []Operation, words []Word) error {
	family, _, _ := strings.Cut(members[0].Name, " ")
	e := &Error{
		Code:    CodeNotFound,
		Message: messages.New("k8sops.family.unknown", "command", messages.Code("/"+family+" "+words[1].text)),
		Hint:    messages.New("k8sops.family.members", "family", messages.Code("/"+family)),
		List:    HelpLines(members),
	}
	for _, second := range nearest.Names(strings.ToLower(words[1].text), secondWords(members)) {
		e.Suggest = append(e.Suggest, suggestion(members, family+" "+second, words[2:]))
	}
	return e
}

// memberMeant turns the refusal of surplus words into that of an unknown member, where the first of them is nearly one:
// after the bare name of a member, as in "rollout histroy user", its typing slip was taken for an argument.
func memberMeant(ops []Operation, op *Operation, rest []Word, refused error) error {
	family, _, _ := strings.Cut(op.Name, " ")
	members := familyOf(ops, Word{text: family})
	if members == nil || len(rest) < 2 || op.Name != family && !slices.Contains(op.Aliases, family) {
		return refused
	}
	if len(nearest.Names(strings.ToLower(rest[0].text), secondWords(members))) == 0 {
		return refused
	}
	return unknownMember(members, append([]Word{{text: family}}, rest...))
}

func secondWords(members []Operation) []string {
	var words []string
	for _, m := range members {
		_, second, _ := strings.Cut(m.Name, " ")
		words = append(words, second)
	}
	return words
}
