package k8sops

import (
	"slices"
	"strings"

	"opsbot/messages"
)

// Umbrella begins any command line, for workspaces where the other words are taken; it is no family.
const Umbrella = "ops"

// Family are the operations whose names share the first word, each under the name that begins with it (the operation
// "backups" is "backup list" there), sorted; nil where fewer than two do.
func Family(ops []Operation, word string) []Operation {
	var members []Operation
	for _, op := range ops {
		for _, name := range append([]string{op.Name}, op.Aliases...) {
			first, rest, _ := strings.Cut(name, " ")
			if rest != "" && strings.EqualFold(word, first) {
				op.Name = name
				members = append(members, op)
				break
			}
		}
	}
	if len(members) < 2 || strings.EqualFold(word, Umbrella) {
		return nil
	}
	slices.SortFunc(members, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	return members
}

// Head is the operation whose name is the family's word alone, nil where there is none.
func Head(ops []Operation, family string) *Operation {
	i := slices.IndexFunc(ops, func(op Operation) bool { return op.Name == family })
	if i < 0 {
		return nil
	}
	return &ops[i]
}

// FamilySummary says what the members of a family have in common; ok is false where that is not written down.
func FamilySummary(family string) (summary messages.Text, ok bool) {
	switch family {
	case "access":
		return messages.New("k8sops.family.access"), true
	case "backup":
		return messages.New("k8sops.family.backup"), true
	case "bluegreen":
		return messages.New("k8sops.family.bluegreen"), true
	case "certs":
		return messages.New("k8sops.family.certs"), true
	case "db":
		return messages.New("k8sops.family.db"), true
	case "emergency":
		return messages.New("k8sops.family.emergency"), true
	case "hpa":
		return messages.New("k8sops.family.hpa"), true
	case "incident":
		return messages.New("k8sops.family.incident"), true
	case "netpol":
		return messages.New("k8sops.family.netpol"), true
	case "oncall":
		return messages.New("k8sops.family.oncall"), true
	case "redis":
		return messages.New("k8sops.family.redis"), true
	case "restore":
		return messages.New("k8sops.family.restore"), true
	case "rollout":
		return messages.New("k8sops.family.rollout"), true
	case "scale":
		return messages.New("k8sops.family.scale"), true
	case "security":
		return messages.New("k8sops.family.security"), true
	}
	return messages.Text{}, false
}

// SecondWords are the names of a family's members without its own.
func SecondWords(members []Operation) []string {
	var words []string
	for _, m := range members {
		_, second, _ := strings.Cut(m.Name, " ")
		words = append(words, second)
	}
	return words
}
