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
