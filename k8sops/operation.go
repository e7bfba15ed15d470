package k8sops

import (
	"context"

	"opsbot/messages"
)

// Meta is what an operation says of itself.
type Meta struct {
	// Name is what a person types, words separated by one space: "scale", "backup db". The first word is the slash command.
	Name    string
	Aliases []string
	// WithFlags is a shorter name that means this operation where one of its flags is given: "hpa" for "hpa set". Without a flag it is
	// the name of another one, which only looks.
	WithFlags string
	Summary   messages.Text
	// Danger is the least danger of any call; a Plan may raise it for one call (scale to 0), never lower it.
	Danger Danger
	// Examples are whole command lines without the slash: "scale user 5".
	Examples []string
	// Access is everything the operation may ask of the API server, for preflight and for the generated RBAC.
	// A test on a recorded client proves that it asks nothing else.
	Access []Access
	// Owners are the contact roles whose Kubernetes group gets Access by default; Everyone for reads.
	Owners []Role
	// On are the kinds of workload that the operation works on, as Kubernetes spells them ("Deployment"). Nil: whatever owns pods.
	On []string
	// FreezeExempt: a change freeze does not concern the operation, because nothing that serves changes by it, or because it puts back what was
	// taken away for a while.
	FreezeExempt bool
	// Private answers go to the requester alone: what helps one person and is noise to a channel.
	Private bool
}

// Operation is one thing that a person can do, declared once by a ReadSpec or a ChangeSpec. The parser, usage and error texts,
// /ops help, access preflight, confirmation cards, Slack's slash commands, Kubernetes RBAC and docs/commands.md all follow
// from it. Its functions take what is stored: arguments as text, state as JSON.
type Operation struct {
	Meta
	Args []Arg
	// Limits are set by the catalogue.
	Limits []Limit

	// Answer gathers what a read was asked for. Nil for changes.
	Answer func(context.Context, *Call, Progress) (*Result, error)
	// Plan, Steps, Verify, Report, Reveal and Undo are those of the ChangeSpec. Nil for reads.
	Plan   func(context.Context, *Call) (*Plan, error)
	Steps  []StoredStep
	Verify func(context.Context, *Call, *Plan, Progress) (*Verification, error)
	Report func(*Call, *Plan) (*Result, error)
	Reveal func(context.Context, *Call, *Plan) (*messages.Card, error)
	Undo   func(*Call, *Plan) (*Invocation, error)
}

// StoredStep is a Step that works with what is stored. What it finds out stands in the plan's State when it returns, also
// with an error.
type StoredStep struct {
	Name   string
	Resume Resume
	Do     func(ctx context.Context, call *Call, plan *Plan, p Progress, resumed bool) error
}

// Role is a role of the handbook's contact table.
type Role string

// The contact roles (handbook: 紧急联系人). Everyone stands for every mapped person.
const (
	System      Role = "system"
	DBA         Role = "dba"
	Network     Role = "network"
	Development Role = "development"
	Everyone    Role = "everyone"
)

// Access is one right in Kubernetes terms, in the call's namespace unless ClusterWide.
type Access struct {
	Verb        string
	Group       string
	Resource    string
	Subresource string
	// Name is the one object that is meant; "" is any.
	Name        string
	ClusterWide bool
	// Probe: a program is run in pods, and it is the NetProbe. Whoever has the access for nothing else may run nothing else.
	Probe bool
	// Restart: a pod template is patched with the time of a restart. Whoever has the access for nothing else may change nothing else.
	Restart bool
	// Optional access improves the answer but its absence refuses nothing: the answer then says what is missing.
	Optional bool
}

// IsLimited tells of a right that an admission policy narrows: RBAC gives more than is meant.
func (a Access) IsLimited() bool { return a.Probe || a.Restart }

// Limit says whom an admission policy refuses what RBAC allows.
type Limit struct {
	Access Access
	// Held are the groups that have the access limited, Free those that have it without limits.
	Held, Free []string
}

// Arg declares one argument. Positional arguments come in order; the others are --name value (or --name for KindBool).
type Arg struct {
	Name    string
	Summary messages.Text
	// Into points to the field that the argument is for. Its type decides the kind: *int, *string, *bool, *time.Duration,
	// **regexp.Regexp, *resource.Quantity, *Time, *Person, *Workload, *Workloads, *Secret.
	Into any
	// Kind is set by the declaration.
	Kind       ArgKind
	Positional bool
	Required   bool
	Default    string
	Choices    []string
	// Rest lets the last positional argument take every further word, as in "ops help backup db".
	Rest bool
	// Min and Max bound KindInt; both zero means unbounded.
	Min, Max int
	// AllowAll lets a KindWorkload argument be "all": every workload with tier=backend (handbook: scale.sh all).
	AllowAll bool
	// Multiline lets a *string or a *Secret have several lines, which only a form can give: a certificate, a note.
	Multiline bool
	// Offer lists what there is to choose from, as the call's person may see it; Args are those given so far. A form shows it as a
	// menu. Nil where nothing can be listed; the workloads, for a KindWorkload.
	Offer func(context.Context, *Call) ([]Choice, error)
	// OfferMore: what Offer lists are examples, and any other value may be typed.
	OfferMore bool
	// OfferNeeds is the argument without which Offer can list nothing, "" for none.
	OfferNeeds string
	// Several: the argument may name more than one workload, separated by commas. Set by the declaration.
	Several bool
	// Hidden: the argument is understood, but people are not told of it.
	Hidden bool

	problem error // with the declaration
}

// Choice is a value to choose, and what a menu shows for it; the value itself where Label is zero.
type Choice struct {
	Value string
	Label messages.Text
}

// Choices are values that speak for themselves.
func Choices(values ...string) []Choice {
	choices := make([]Choice, len(values))
	for i, value := range values {
		choices[i].Value = value
	}
	return choices
}

// Args are parsed arguments by name, in canonical text form; Parse has checked them against the declaration.
type Args map[string]string

// Danger says how much care an operation needs before it runs.
type Danger int

// The danger levels of the handbook map. Change runs at once and offers undo; Disruptive needs the requester's
// confirmation; Destructive needs a second person who could have run it.
const (
	Read Danger = iota
	Change
	Disruptive
	Destructive
)

// String is the level's name in the design: read, change, disruptive, destructive.
func (d Danger) String() string {
	return [...]string{"read", "change", "disruptive", "destructive"}[d]
}

// Text is the danger level with what it means for the person.
func (d Danger) Text() messages.Text {
	switch d {
	case Change:
		return messages.New("k8sops.danger.change")
	case Disruptive:
		return messages.New("k8sops.danger.disruptive")
	case Destructive:
		return messages.New("k8sops.danger.destructive")
	default:
		return messages.New("k8sops.danger.read")
	}
}
