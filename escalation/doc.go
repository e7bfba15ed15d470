// Package escalation decides what happens about incidents, from the first alert to the postmortem: the four stages of the
// handbook's response procedure with their deadlines and ladders, pages, and what is said in the thread.
//
// Decisions are pure functions of state and now (Observe, Next, Act, Outcome): they return a Change, and package engine stores
// a Change in one transaction. Deadlines are data of the incident, not goroutines, so a restart forgets nothing.
//
// What is decided about lies below: package incident has the data, oncall knows who is responsible, cards draws what people
// read. What uses decisions lies above: engine, reconcile, forecast and report.
package escalation
