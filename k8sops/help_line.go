package k8sops

import "opsbot/messages"

// HelpName is the operation that explains the others.
const HelpName = "ops help"

// HelpLines are operations, one line each.
func HelpLines(ops []Operation) []messages.Text {
	var lines []messages.Text
	for i := range ops {
		lines = append(lines, ops[i].HelpLine())
	}
	return lines
}

// HelpLine is the operation in one line; only what needs somebody's decision is marked.
func (op *Operation) HelpLine() messages.Text {
	usage := messages.Code("/" + shortUsage(op))
	if op.Danger < Disruptive {
		return messages.New("k8sops.help.line", "usage", usage, "summary", op.Summary)
	}
	return messages.New("k8sops.help.line_danger", "usage", usage, "summary", op.Summary, "danger", op.Danger.Text())
}
