package cards

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

const (
	suggestionLimit = 5
	labelLimit      = 75 // of a button, in characters (SF-4.51)
)

// workloadForm is a name that is safe in a command line: labels are untrusted.
var workloadForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$`)

// suggestions are buttons that run operations for the worst alert, on its cluster. Whether a person may run them is checked when
// they press. What an annotation names is run as it is.
func suggestions(inc incident.Incident, alerts []incident.Alert, clusters []string) []messages.Action {
	if len(alerts) == 0 {
		return nil
	}
	commands := annotatedCommands(alerts[0])
	if len(commands) == 0 {
		commands = usualCommands(inc.Role, alerts[0].Service())
		if cluster := alerts[0].Labels["cluster"]; slices.Contains(clusters, cluster) {
			for i := range commands {
				commands[i] += " --cluster " + cluster
			}
		}
		commands = slices.DeleteFunc(commands, tooLongToShow)
	}
	var buttons []messages.Action
	for _, command := range commands {
		buttons = append(buttons, messages.Action{Name: ActionRun, Value: command, Label: messages.Literal("/" + command)})
	}
	return buttons
}

// tooLongToShow reports whether a button cannot show the whole command: it must not run more than it says.
func tooLongToShow(command string) bool { return utf8.RuneCountInString("/"+command) > labelLimit }

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func annotatedCommands(a incident.Alert) []string {
	var commands []string
	for _, command := range strings.Split(a.Annotations[incident.CommandsAnnotation], ";") {
		command = strings.TrimPrefix(strings.TrimSpace(command), "/")
		if command == "" || tooLongToShow(command) || !isPrintable(command) || slices.Contains(commands, command) {
			continue
		}
		commands = append(commands, command)
		if len(commands) == suggestionLimit {
			break
		}
	}
	return commands
}

func usualCommands(role oncall.Role, service string) []string {
	if !workloadForm.MatchString(service) {
		service = ""
	}
	switch {
	case role == oncall.DBA && service != "":
		return []string{"health", "status " + service, "events " + service}
	case service == "":
		return []string{"health", "events"}
	default:
		return []string{"health " + service, "status " + service, "logs " + service + " --errors", "rollback " + service}
	}
}
