package store

import (
	"maps"

	"opsbot/escalation/incident"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/internal/redact"
	"opsbot/messages"
)

// What is stored is what is sent: a message is a row before it is a request, and reports are made of entries. So this is where nothing
// secret passes, whoever wrote the text.

func withoutSecrets(m messages.Outbound) messages.Outbound {
	m.Card = m.Card.Map(redact.Text)
	return m
}

func entryWithoutSecrets(e incident.Entry) incident.Entry {
	e.Text = e.Text.Map(redact.Text)
	return e
}

// callWithoutSecrets leaves the arguments, from which the call is run again after a restart; a command line with a secret was refused.
func callWithoutSecrets(r calls.Record) calls.Record {
	r.Outcome = redact.Text(r.Outcome)
	if r.Answer != nil {
		card := r.Answer.Map(redact.Text)
		r.Answer = &card
	}
	return r
}

// eventWithoutSecrets is the audit event as it is hashed.
func eventWithoutSecrets(e audit.Event) audit.Event {
	e.Command = redact.Text(e.Command)
	e.Details = maps.Clone(e.Details)
	for name, value := range e.Details {
		e.Details[name] = redact.Text(value)
	}
	return e
}
