package k8sops

import (
	"context"

	"opsbot/messages"
)

// Operation is one thing that a person can do, declared once. The parser, usage and error texts, /ops help, access
// preflight, confirmation cards, Slack's slash commands, Kubernetes RBAC and docs/commands.md all follow from it.
type Operation struct {
	// Name is what a person types, words separated by one space: "scale", "backup db". The first word is the slash command.
	Name    string
	Aliases []string
	Summary messages.Text
	// Danger is the least danger of any call; a Plan may raise it for one call (scale to 0), never lower it.
	Danger Danger
	Args   []Arg
	// Examples are whole command lines without the slash: "scale user 5".
	Examples []string
	// Access is everything the operation may ask of the API server, for preflight and for the generated RBAC.
	// A test on a recorded client proves that it asks nothing else.
	Access []Access
	// Owners are the contact roles whose Kubernetes group gets Access by default; Everyone for reads.
	Owners []Role
	// Private answers go to the requester alone: what helps one person and is noise to a channel.
	Private bool

	// Plan says what would change, from live state, with a server-side dry run. It changes nothing. Nil for reads.
	Plan func(context.Context, *Call) (*Plan, error)
	// Run does it. For a read it gathers the answer. plan is what the person saw and confirmed; nil for reads.
	Run func(context.Context, *Call, *Plan, Progress) (*Result, error)
	// Verify proves from live state that the change took, waiting for it where it needs time. Nil for reads.
	Verify func(context.Context, *Call, *Plan, Progress) (*Verification, error)
	// Undo is the command line that reverts the change, "" where there is none. Nil where undoing makes no sense.
	Undo func(*Call, *Plan) string
}

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
	ClusterWide bool
	// Optional access improves the answer but its absence refuses nothing: the answer then says what is missing.
	Optional bool
}

// Arg declares one argument. Positional arguments come in order; the others are --name value (or --name for KindBool).
type Arg struct {
	Name       string
	Summary    messages.Text
	Kind       ArgKind
	Positional bool
	Required   bool
	Default    string
	Choices    []string
	// Rest lets the last positional argument take every further word, as in "ops help backup db".
	Rest bool
	// Min and Max bound KindInt; both zero means unbounded.
	Min, Max int
	// AllowAll lets a KindWorkload argument be "all": every deployment with tier=backend (handbook: scale.sh all).
	AllowAll bool
	// Several lets a KindWorkload argument name more than one, separated by commas.
	Several bool
}

// Args are parsed arguments by name, in canonical text form; Parse has checked them against the declaration.
type Args map[string]string
