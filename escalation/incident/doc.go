// Package incident is what is stored of an incident: alerts as they were last reported, the incident itself, the lines of its
// timeline, the rows of its page ledger and its follow-ups, with the words and keys by which people and other packages name
// them. It decides nothing.
package incident
