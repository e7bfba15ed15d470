// Package escalation owns incidents from the first alert to the postmortem: state per alert, routing to the roles of the
// contact table, the four stages of the handbook's response procedure with their deadlines, pages and their ledger,
// and the timeline.
//
// Decisions are pure functions of state and now (Observe, Next, Act): they return a Change, and the Service stores a
// Change in one transaction. Deadlines are data of the incident, not goroutines, so a restart forgets nothing.
package escalation
