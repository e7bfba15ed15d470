package k8sops

import (
	"errors"
	"slices"

	"opsbot/messages"
)

// names are the workloads that the plan changes.
func (p *Plan) names() []string {
	var names []string
	for _, target := range p.Targets {
		names = append(names, target.Name)
	}
	return names
}

// ChangedSince names the objects of now, a plan made from live state, that are no longer as the earlier plan left them.
func ChangedSince(left, now *Plan) []string {
	var names []string
	for _, c := range now.Changes {
		at := slices.IndexFunc(left.Changes, func(l FieldChange) bool { return l.Object == c.Object && l.Field == c.Field })
		if at < 0 || left.Changes[at].To != c.From {
			names = append(names, c.Object)
		}
	}
	// A template holds more than the images that the changes show.
	if left.State[stateTemplate] != now.State[stateTemplateBefore] {
		names = append(names, now.names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// changeTable shows field changes, old and new side by side.
func changeTable(changes []FieldChange) []messages.Section {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.object")},
		{Title: messages.New("k8sops.column.field")},
		{Title: messages.New("k8sops.column.from"), Right: true},
		{Title: messages.New("k8sops.column.to"), Right: true},
	}}
	for _, c := range changes {
		table.Rows = append(table.Rows, literals(c.Object, c.Field, c.From, c.To))
	}
	return []messages.Section{{Table: table}}
}

func literals(cells ...string) []messages.Text {
	row := make([]messages.Text, len(cells))
	for i, cell := range cells {
		row[i] = messages.Literal(cell)
	}
	return row
}

// halfway says what was done before err stopped a change of several workloads: nothing half-done stays unsaid.
func halfway(plan *Plan, done int, err error, undo string) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || done == 0 {
		return err
	}
	return &Error{
		Code: e.Code, Cause: err, Undo: undo,
		Message: messages.New("k8sops.error.halfway", "done", done, "total", len(plan.Targets),
			"workload", messages.Code(plan.Targets[done].Name), "reason", e.Message),
		Hint: e.Hint,
	}
}
