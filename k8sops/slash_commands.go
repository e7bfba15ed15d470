package k8sops

import (
	"slices"
	"strings"

	"opsbot/messages"
)

// SlashCommand is what Slack is told about one: its name without the slash, what it does, and what may follow.
type SlashCommand struct {
	Name    string
	Summary messages.Text
	Usage   string
}

// SlashCommands are the first words of the operations' names, in the order of the catalogue, but for the umbrella. A word
// that several operations share is described by what they have in common, and its usage names them.
func SlashCommands(ops []Operation) []SlashCommand {
	var commands []SlashCommand
	for i := range ops {
		first, _, _ := strings.Cut(ops[i].Name, " ")
		known := func(c SlashCommand) bool { return c.Name == first }
		if first == umbrella || slices.ContainsFunc(commands, known) {
			continue
		}
		_, usage, _ := strings.Cut(Usage(&ops[i]), " ")
		command := SlashCommand{Name: first, Summary: ops[i].Summary, Usage: usage}
		if members := familyOf(ops, Word{text: first}); members != nil {
			command.Summary, _ = FamilySummary(first)
			command.Usage = strings.Join(secondWords(members), " | ")
			if op := head(ops, first); op != nil {
				command.Usage = strings.Join(append([]string{usage}, secondWords(members)...), " | ")
			}
		}
		commands = append(commands, command)
	}
	return commands
}
