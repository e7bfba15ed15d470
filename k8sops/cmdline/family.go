package cmdline

import (
	"slices"
	"strings"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// BareFamily is the family that words name with nothing behind it, and its first word; nil for anything else, such as
// an operation that has the family's word for its name.
func BareFamily(ops []k8sops.Operation, words []Word) (family string, members []k8sops.Operation) {
	if len(words) != 1 {
		return "", nil
	}
	w := words[0]
	w.text = strings.ToLower(strings.TrimPrefix(w.text, "/"))
	if k8sops.Head(ops, w.text) != nil {
		return "", nil
	}
	return w.text, familyOf(ops, w)
}

// unknownMember answers a family's word with a second one that none of its members has.
func unknownMember(members []k8sops.Operation, words []Word) error {
	family, _, _ := strings.Cut(members[0].Name, " ")
	e := &k8sops.Error{
		Code:    k8sops.CodeNotFound,
		Message: messages.New("k8sops.family.unknown", "command", messages.Code("/"+family+" "+words[1].text)),
		Hint:    messages.New("k8sops.family.members", "family", messages.Code("/"+family)),
		List:    k8sops.HelpLines(members),
	}
	for _, second := range nearest.Names(strings.ToLower(words[1].text), k8sops.SecondWords(members)) {
		e.Suggest = append(e.Suggest, suggestion(members, family+" "+second, words[2:]))
	}
	return e
}

// memberMeant turns the refusal of surplus words into that of an unknown member, where the first of them is nearly one:
// after the bare name of a member, as in "rollout histroy user", its typing slip was taken for an argument.
func memberMeant(ops []k8sops.Operation, op *k8sops.Operation, rest []Word, refused error) error {
	family, _, _ := strings.Cut(op.Name, " ")
	members := k8sops.Family(ops, family)
	if members == nil || len(rest) < 2 || op.Name != family && !slices.Contains(op.Aliases, family) {
		return refused
	}
	if len(nearest.Names(strings.ToLower(rest[0].text), k8sops.SecondWords(members))) == 0 {
		return refused
	}
	return unknownMember(members, append([]Word{{text: family}}, rest...))
}

// familyOf is the family that a word names; a quoted one is a value.
func familyOf(ops []k8sops.Operation, w Word) []k8sops.Operation {
	if w.quoted {
		return nil
	}
	return k8sops.Family(ops, w.text)
}
