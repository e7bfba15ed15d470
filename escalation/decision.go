package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// decision gathers what one decision changes. Observe, Next, Act and Outcome begin one, and finish turns it into a Change.
type decision struct {
	policy    Policy
	directory oncall.Directory
	now       time.Time
	pages     []incident.Page // the ledger as it was, with what this decision changes in it
	refreshed map[int]bool    // the pages that get a new card
	inc       incident.Incident
	change    Change
}

func begin(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, now time.Time) *decision {
	return &decision{policy: policy, directory: directory, now: now.UTC(), pages: slices.Clone(pages), inc: inc}
}

// finish turns the decision into a Change: it works out when the incident is due next and draws the cards anew.
func (d *decision) finish() Change {
	d.inc.DueAt = times.Earliest(d.dueAt(), d.inc.FollowUpDue())
	d.announce()
	d.change.Incident = d.inc
	for i, p := range d.pages {
		if d.refreshed[i] {
			m := pageMessage(d.inc, p)
			m.Edit = true // the outbox forgets old messages; a page it no longer knows must not be sent again
			d.send(m)
		}
	}
	d.send(messages.Outbound{
		Key: incident.HeaderKey(d.inc.Number), Lane: messages.LaneHeader, Channel: d.inc.Channel,
		Card: cards.Header(d.directory, d.inc, d.policy.QuietPeriod, d.policy.Clusters),
	})
	return d.change
}

func (d *decision) dueAt() time.Time {
	switch d.inc.Status {
	case incident.Quiet:
		return d.inc.QuietAt.Add(d.policy.QuietPeriod)
	case incident.Resolved:
		return times.Earliest(d.inc.NextStepAt, d.nextExpiry())
	default:
		reminder, change := times.Earliest(d.inc.NextStepAt, d.inc.NotifyNewAt), times.Earliest(d.inc.HandoffUntil, d.inc.ShiftEndsAt)
		return times.Earliest(times.Earliest(reminder, change), d.nextExpiry())
	}
}

// setStage begins a stage. Whoever just did something is not asked again before the reminder interval has passed, even when
// the stage's deadline is near or over.
func (d *decision) setStage(stage incident.Stage) {
	d.inc.Stage = stage
	d.resetSteps()
}

// noteActivity records that a person did something about the incident. Owners who stay silent are reminded.
func (d *decision) noteActivity() {
	d.inc.LastActivity = d.now
	if d.inc.Status == incident.Acknowledged {
		d.resetSteps()
	}
}

func (d *decision) send(m messages.Outbound) { d.change.Messages = append(d.change.Messages, m) }

// appendEntry adds a line to the timeline only.
func (d *decision) appendEntry(kind incident.EntryKind, actor string, text messages.Text) incident.Entry {
	d.inc.Entries++
	e := incident.Entry{Incident: d.inc.Number, Number: d.inc.Entries, At: d.now, Kind: kind, Actor: actor, Text: text}
	d.change.Entries = append(d.change.Entries, e)
	return e
}

// post adds a line to the timeline and to the thread. The sections below it appear in the thread only.
func (d *decision) post(kind incident.EntryKind, actor string, text messages.Text, below ...messages.Section) {
	d.postIn(messages.LaneEntry, kind, actor, text, below...)
}

func (d *decision) postIn(lane messages.Lane, kind incident.EntryKind, actor string, text messages.Text, below ...messages.Section) {
	e := d.appendEntry(kind, actor, text)
	d.change.Entries[len(d.change.Entries)-1].InThread = true
	d.send(messages.Outbound{
		Key: incident.EntryKey(e.Incident, e.Number), Lane: lane, ReplyTo: incident.HeaderKey(e.Incident),
		Card: messages.Card{Sections: append([]messages.Section{messages.Paragraph(text)}, below...), Notification: text},
	})
}
