// Package handlers decides what happens with one inbound thing from Slack: a slash command, a mention, a press of a button, a
// form. A request to run an operation goes through one pipeline, wherever it came from:
//
//	identify → parse → authorise → plan → confirm or approve → run → verify → record
//
// Every step is stored before the next one begins, so a stop at any point leaves a record from which Recover tells the
// people what was done and what was not. Nothing is ever run twice for one request.
package handlers
