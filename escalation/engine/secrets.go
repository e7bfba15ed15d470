package engine

import (
	"opsbot/escalation"
	"opsbot/internal/redact"
)

// withoutSecrets hides what a person typed or quoted and should not have: it is stored, and read by many.
func withoutSecrets(a escalation.Action) escalation.Action {
	a.Text = a.Text.Map(redact.Text)
	a.Quote.Text = redact.Text(a.Quote.Text)
	a.FollowUp.Text = redact.Text(a.FollowUp.Text)
	return a
}
