package escalation

import (
	"maps"
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// Quote is a message that people want on the timeline.
type Quote struct {
	// Message is its identity: channel and timestamp, "C0INCIDENTS/1772452800.000100". At most one entry quotes it.
	Message string
	Author  string // Slack user id
	At      time.Time
	Text    string // untrusted
}

// quoteLimit is the most characters of a message that go on the timeline.
const quoteLimit = 3000

// quote puts a message on the timeline, at the time at which it was written.
func (d *decision) quote(a Action) error {
	if _, isThere := d.inc.Quotes[a.Quote.Message]; isThere {
		return nil
	}
	d.appendEntry(incident.EntryNote, a.Quote.Author, messages.New("escalation.entry.quoted", "author", messages.User(a.Quote.Author),
		"said", messages.Shorten(a.Quote.Text, quoteLimit), "user", messages.User(a.Actor)))
	entry := &d.change.Entries[len(d.change.Entries)-1]
	entry.At = a.Quote.At.UTC()
	d.inc.Quotes = maps.Clone(d.inc.Quotes)
	if d.inc.Quotes == nil {
		d.inc.Quotes = map[string]int64{}
	}
	d.inc.Quotes[a.Quote.Message] = entry.Number
	d.noteActivity()
	return nil
}

// withdraw removes a message from the timeline. The store keeps its text, but no report shows it.
func (d *decision) withdraw(a Action) error {
	number, isThere := d.inc.Quotes[a.Quote.Message]
	if !isThere {
		return nil
	}
	d.appendEntry(incident.EntryNote, a.Actor, messages.New("escalation.entry.withdrawn", "user", messages.User(a.Actor)))
	d.change.Entries[len(d.change.Entries)-1].Withdraws = number
	d.inc.Quotes = maps.Clone(d.inc.Quotes)
	delete(d.inc.Quotes, a.Quote.Message)
	return nil
}
