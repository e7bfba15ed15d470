// Package engine keeps incidents going: it journals deliveries, hands them to the decisions of package escalation, stores each
// Change in one transaction, and does what is due. It also raises alerts about opsbot itself, looks after the watchdog, and puts
// what happens in the cluster on timelines.
package engine
