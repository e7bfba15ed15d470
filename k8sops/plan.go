package k8sops

import (
	"encoding/json"
	"errors"
	"slices"

	"opsbot/messages"
)

// Plan is what a call would change, as the person sees it before it runs.
type Plan struct {
	Summary messages.Text   `json:"summary"`
	Changes []FieldChange   `json:"changes,omitempty"`
	Diff    string          `json:"diff,omitempty"`
	Warning []messages.Text `json:"warning,omitempty"`
	// Danger of this very call; at least the operation's.
	Danger Danger `json:"danger"`
	// Targets are the objects the plan was made from; an approval is void when one of them has changed since.
	Targets []Target `json:"targets,omitempty"`
	// NoOp: everything already is as asked; nothing is run.
	NoOp bool `json:"no_op,omitempty"`
	// State is the operation's own, as JSON: what Plan found out and the steps need.
	State json.RawMessage `json:"state,omitempty"`
}

// FieldChange is one line of a plan: which object, which field, from what, to what.
type FieldChange struct {
	Object string `json:"object"`
	Field  string `json:"field"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Target is an object at the moment of planning. Fingerprint covers everything but status and managed fields: a
// deployment's resourceVersion also moves when only its status does, which in an incident happens all the time.
type Target struct {
	// APIVersion is that of a kind that is not Kubernetes' own, "" for the others.
	APIVersion      string `json:"api_version,omitempty"`
	Kind            string `json:"kind"`
	Name            string `json:"name"`
	UID             string `json:"uid"`
	ResourceVersion string `json:"resource_version"`
	Fingerprint     string `json:"fingerprint"`
	// Before and After identify what the plan changes of the object, as it is and as it is to be, where the plan's Changes do not
	// say all of it (a pod template). "" where they do.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Key tells the objects of a plan apart: "StatefulSet/ledger".
func (t Target) Key() string { return t.Kind + "/" + t.Name }

// Raise lifts the plan's danger to at least danger and says why.
func (p *Plan) Raise(danger Danger, why messages.Text) {
	p.Danger = max(p.Danger, danger)
	p.Warning = append(p.Warning, why)
}

// Names are the workloads that the plan changes.
func (p *Plan) Names() []string {
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
	for _, target := range now.Targets {
		at := slices.IndexFunc(left.Targets, func(l Target) bool { return l.Key() == target.Key() })
		if at >= 0 && left.Targets[at].After != "" && left.Targets[at].After != target.Before {
			names = append(names, target.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ChangeTable shows field changes, old and new side by side.
func ChangeTable(changes []FieldChange) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.object")},
		{Title: messages.New("k8sops.column.field")},
		{Title: messages.New("k8sops.column.from")},
		{Title: messages.New("k8sops.column.to")},
	}}
	for _, c := range changes {
		table.Rows = append(table.Rows, Literals(c.Object, c.Field, c.From, c.To))
	}
	return table
}

// Literals are cells that need no translation.
func Literals(cells ...string) []messages.Text {
	row := make([]messages.Text, len(cells))
	for i, cell := range cells {
		row[i] = messages.Literal(cell)
	}
	return row
}

// PartialFailure says what was done before err stopped a change of several workloads: nothing half-done stays unsaid. back is
// the call that takes back what was done, nil where there is none.
func PartialFailure(plan *Plan, done int, err error, back *Invocation) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || done == 0 {
		return err
	}
	return &Error{
		Code: e.Code, Cause: err, Undo: back,
		Message: messages.New("k8sops.error.halfway", "done", done, "total", len(plan.Targets),
			"workload", messages.Code(plan.Targets[done].Name), "reason", e.Message),
		Hint: e.Hint,
	}
}

// PlanResult is the answer of a change that has nothing to add to its plan.
func PlanResult(plan *Plan) *Result {
	card := messages.Card{Tone: messages.ToneRunning, Title: plan.Summary}
	if len(plan.Changes) > 0 {
		card.Sections = []messages.Section{{Table: ChangeTable(plan.Changes)}}
	}
	return &Result{Card: card}
}
