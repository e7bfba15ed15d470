// Package report tells what happened in an incident: the timeline, the page ledger and the draft of the postmortem, as cards,
// Markdown, HTML and JSON.
package report
