package k8sops

import "opsbot/messages"

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
