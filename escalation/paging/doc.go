// Package paging sends the pages that do not go through Slack: e-mail, SMS, voice calls and a webhook.
//
// The policy (package escalation) decides who is paged over which channel and writes that into the page ledger. A Worker
// for each channel takes the rows from there, claims each durably before anything goes out, sends it, and reports what
// became of it. Which channel comes after a failure is again the policy's decision.
package paging
