// Package cards draws what people read about an incident: the header, direct messages, notices outside Slack and the update for
// stakeholders, with their buttons. A card depends on nothing but its arguments, so an unchanged incident is an unchanged message.
package cards
