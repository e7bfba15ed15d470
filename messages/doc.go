// Package messages is everything opsbot says: the catalogue of texts in English and Chinese, and the neutral
// form of a message (Card, Outbound) that the other packages produce and that bot renders for Slack.
//
// A Text names an entry of the catalogue and carries its arguments. It is data: it is stored in the outbox and
// in the timeline and becomes words only when it is shown, in the language of the reader.
//
//	messages.New("scale.done", "workload", "user-service", "to", 5)
//
// The entries live in catalog/<area>.<language>.yaml, one area per package, so that both languages of a text are
// found side by side by name. A test refuses an entry that is missing in a language, that nobody uses, or whose
// arguments differ between the languages.
//
// The package imports nothing of ours and may be imported by all.
package messages
