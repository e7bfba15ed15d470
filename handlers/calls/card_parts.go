package calls

import (
	"opsbot/k8sops"
	"opsbot/messages"
)

// Suggestions are command lines as buttons, at most five: more is no help.
func Suggestions(lines []string) []messages.Action {
	var actions []messages.Action
	for _, line := range lines[:min(len(lines), 5)] {
		actions = append(actions, messages.Action{Name: ActionRun, Label: messages.Literal("/" + line), Value: line})
	}
	return actions
}

func footer(r Record) []messages.Text {
	if r.Command == "" {
		return nil // a press that never was a call
	}
	lines := []messages.Text{messages.New("card.footer", "user", messages.User(r.Source.User), "command", messages.Code("/"+r.Command), "call", r.ID)}
	if r.ApprovedBy != "" {
		lines = append(lines, messages.New("card.approved_by", "user", messages.User(r.ApprovedBy)))
	}
	if r.BrokeGlass != "" {
		lines = append(lines, messages.New("card.broke_glass", "reason", r.BrokeGlass))
	}
	if !r.StartedAt.IsZero() && !r.FinishedAt.IsZero() {
		lines = append(lines, messages.New("card.took", "took", r.FinishedAt.Sub(r.StartedAt)))
	}
	return lines
}

func dangerText(d k8sops.Danger) messages.Text {
	switch d {
	case k8sops.Read:
		return messages.New("danger.read")
	case k8sops.Change:
		return messages.New("danger.change")
	case k8sops.Disruptive:
		return messages.New("danger.disruptive")
	default:
		return messages.New("danger.destructive")
	}
}

// StateText is the state in a word or two.
func StateText(s State) messages.Text {
	switch s {
	case Succeeded:
		return messages.New("state.succeeded")
	case Failed:
		return messages.New("state.failed")
	case Cancelled:
		return messages.New("state.cancelled")
	case Expired:
		return messages.New("state.expired")
	case Refused:
		return messages.New("state.refused")
	case Interrupted:
		return messages.New("state.interrupted")
	case Unclear:
		return messages.New("state.unclear")
	default:
		return messages.New("state.running")
	}
}
