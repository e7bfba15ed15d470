package judge

import "strings"

// The words of the English catalogue that headers and timelines are read by.
const (
	factStatus         = "Status"
	factAlerts         = "Alerts"
	statusAcknowledged = "acknowledged"
	statusResolved     = "resolved"
	alertTally         = "%d firing of %d"
	markFiring         = "🔴"
	markResolved       = "✅"

	factOpened      = "Opened"
	factResolved    = "Resolved"
	pagesHeading    = "\n## Pages\n"
	alertsHeading   = "\n## Alerts\n"
	reasonOpened    = "a new incident"
	reasonDeadline  = "no answer or no progress in time"
	stateDelivered  = "delivered"
	stateAcked      = "acknowledged"
	stateAnsweredBy = "answered by "
	stateCancelled  = "not needed any more"
)

// hasFact reports whether a message shows a fact.
func hasFact(text, label, value string) bool {
	return strings.Contains(text, "*"+label+"*\n"+value)
}
