package escalation

import "opsbot/messages"

// Refusal is an action that makes no sense in the incident's state; Message says why, to the person who tried.
type Refusal struct{ Message messages.Text }

func (r *Refusal) Error() string { return "refused: " + r.Message.ID }

func refuse(why messages.Text) error { return &Refusal{why} }
