package setup

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

// CommandSpec is one slash command: its name without the slash, what it does, and what may follow it.
type CommandSpec struct {
	Name        string
	Description messages.Text
	UsageHint   string
}

func manifestCommands(o ManifestOptions, printer *messages.Printer) ([]manifestCommand, error) {
	commands := []manifestCommand{{
		Command: "/" + umbrellaCommand, Description: printer.Text(messages.New("bot.ops_command")),
		UsageHint: printer.Text(messages.New("bot.ops_usage")), ShouldEscape: true,
	}}
	for _, c := range o.Commands {
		if c.Name == umbrellaCommand {
			continue
		}
		commands = append(commands, manifestCommand{
			Command: "/" + o.Prefix + c.Name, Description: mrkdwn.CutPlain(printer.Text(c.Description), maxDescription),
			UsageHint: mrkdwn.CutPlain(c.UsageHint, maxUsageHint), ShouldEscape: true,
		})
	}
	return commands, checkCommands(commands)
}

func checkCommands(commands []manifestCommand) error {
	valid := regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)
	var faults []error
	if len(commands) > maxCommands {
		faults = append(faults, fmt.Errorf("%d slash commands, Slack allows %d per app", len(commands), maxCommands))
	}
	for i, c := range commands {
		if !valid.MatchString(c.Command) {
			faults = append(faults, fmt.Errorf("slash command %q: Slack wants lower-case letters, digits, - and _, at most 32 characters", c.Command))
		}
		if strings.TrimSpace(c.Description) == "" {
			faults = append(faults, fmt.Errorf("slash command %s has no description", c.Command))
		}
		if slices.ContainsFunc(commands[:i], func(earlier manifestCommand) bool { return earlier.Command == c.Command }) {
			faults = append(faults, fmt.Errorf("slash command %s is declared twice", c.Command))
		}
	}
	return errors.Join(faults...)
}
