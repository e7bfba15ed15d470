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
	summary, ok = map[string]messages.Text{
		"access":    messages.New("k8sops.family.access"),
		"backup":    messages.New("k8sops.family.backup"),
		"bluegreen": messages.New("k8sops.family.bluegreen"),
		"certs":     messages.New("k8sops.family.certs"),
		"db":        messages.New("k8sops.family.db"),
		"emergency": messages.New("k8sops.family.emergency"),
		"hpa":       messages.New("k8sops.family.hpa"),
		"incident":  messages.New("k8sops.family.incident"),
		"netpol":    messages.New("k8sops.family.netpol"),
		"oncall":    messages.New("k8sops.family.oncall"),
		"redis":     messages.New("k8sops.family.redis"),
		"restore":   messages.New("k8sops.family.restore"),
		"rollout":   messages.New("k8sops.family.rollout"),
		"scale":     messages.New("k8sops.family.scale"),
		"security":  messages.New("k8sops.family.security"),
	}[family]
	return summary, ok
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

// SlashCommand is what Slack is told about one: its name without the slash, what it does, and what may follow.
type SlashCommand struct {
	Name    string
	Summary messages.Text
	Usage   string
}

// SlashCommands are the first words of the operations' names, in the order of the catalogue, but for the Umbrella. A word
// that several operations share is described by what they have in common, and its usage names them.
func SlashCommands(ops []Operation) []SlashCommand {
	var commands []SlashCommand
	for i := range ops {
		first, _, _ := strings.Cut(ops[i].Name, " ")
		known := func(c SlashCommand) bool { return c.Name == first }
		if first == Umbrella || slices.ContainsFunc(commands, known) {
			continue
		}
		_, usage, _ := strings.Cut(Usage(&ops[i]), " ")
		command := SlashCommand{Name: first, Summary: ops[i].Summary, Usage: usage}
		if members := Family(ops, first); members != nil {
			command.Summary, _ = FamilySummary(first)
			command.Usage = strings.Join(SecondWords(members), " | ")
			if op := Head(ops, first); op != nil {
				command.Usage = strings.Join(append([]string{usage}, SecondWords(members)...), " | ")
			}
		}
		commands = append(commands, command)
	}
	return commands
}
