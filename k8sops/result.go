package k8sops

import "opsbot/messages"

// Result is what a run has to say.
type Result struct {
	Card messages.Card
	// Suggest are command lines worth running next, shown as buttons.
	Suggest []string
	// Secret is shown to the requester alone, before Card, and kept nowhere: it is in no outbox, record or log. Only a read has one here, a
	// change has a Reveal. Nil for none.
	Secret *messages.Card
}

// Verification is the proof after a run.
type Verification struct {
	OK      bool
	Summary messages.Text
	// Suggest are command lines worth running next, e.g. a rollback after a rollout that hangs.
	Suggest []string
}

// Progress shows how far a run has come, by editing one message. Implementations may drop reports (rate limits) but
// always show the last one.
type Progress interface {
	// Report says done of total steps (total 0 where unknown) and what is being done.
	Report(done, total int, what messages.Text)
	// Show shows a whole card in place of a line: a live view.
	Show(card messages.Card)
}
