package escalation

import (
	"slices"
	"strings"
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// Alerts that come after the opening are listed in digests: thread messages that grow by editing. Slack allows one message
// per second and channel (SF-5.5), so with one message for each alert a storm would fall further and further behind.
const (
	digestSize  = 40
	digestLimit = 25
	// digestPart lines with digestDetail characters of each alert's detail fit into one section (SF-4.21). A longer text would
	// become a file, which is uploaded again whenever a line changes.
	digestPart   = 20
	digestDetail = 72
	// digestAge is how long a digest grows. Later alerts get a new message at the end of the thread, where people look.
	digestAge = 10 * time.Minute
)

// digest assigns new alerts to digests, and sends the digests in which an alert fired or resolved.
func (d *decision) digest(found merged) {
	if d.inc.Version == 0 && len(d.inc.Alerts) <= cards.HeaderAlerts {
		return // the header names them
	}
	members := digestMembers(d.inc)
	room := d.digestRoom(members)
	changed := map[int64]bool{}
	for _, a := range slices.Concat(found.fired, found.resolved) {
		a = d.inc.Alerts[a.Fingerprint]
		if a.Digest == 0 && a.Firing {
			a.Digest = d.nextDigest(&room)
			d.inc.Alerts[a.Fingerprint] = a
			members[a.Digest] = append(members[a.Digest], a)
		}
		changed[a.Digest] = true
	}
	for k := int64(1); k <= d.inc.Digests; k++ {
		if changed[k] {
			d.send(d.digestMessage(k, members[k]))
		}
	}
}

func digestMembers(inc incident.Incident) map[int64][]incident.Alert {
	members := map[int64][]incident.Alert{}
	for _, a := range inc.Alerts {
		if a.Digest > 0 {
			members[a.Digest] = append(members[a.Digest], a)
		}
	}
	return members
}

// digestRoom is how many more alerts the newest digest takes; none if it is old.
func (d *decision) digestRoom(members map[int64][]incident.Alert) int {
	newest := members[d.inc.Digests]
	isRecent := func(a incident.Alert) bool { return a.ChangedAt.After(d.now.Add(-digestAge)) }
	if d.inc.Digests == 0 || !slices.ContainsFunc(newest, isRecent) {
		return 0
	}
	return digestSize - len(newest)
}

// nextDigest is the digest for one more alert, or -1 beyond the limit: such an alert is counted, and only the timeline names it.
func (d *decision) nextDigest(room *int) int64 {
	if *room <= 0 {
		if d.inc.Digests == digestLimit {
			return -1
		}
		d.inc.Digests++
		*room = digestSize
	}
	*room--
	return d.inc.Digests
}

func (d *decision) digestMessage(k int64, alerts []incident.Alert) messages.Outbound {
	slices.SortFunc(alerts, func(a, b incident.Alert) int {
		if c := a.StartsAt.Compare(b.StartsAt); c != 0 {
			return c
		}
		return strings.Compare(a.Fingerprint, b.Fingerprint)
	})
	title := messages.New("escalation.digest.title", "count", len(alerts))
	sections := []messages.Section{messages.Paragraph(title)}
	for part := range slices.Chunk(alerts, digestPart) {
		lines := make([]messages.Text, len(part))
		for i, a := range part {
			lines[i] = a.LineWith(messages.Shorten(a.Detail(d.inc.Labels), digestDetail))
		}
		sections = append(sections, messages.Section{List: lines})
	}
	return messages.Outbound{
		Key: incident.DigestKey(d.inc.Number, k), Lane: messages.LaneEntry, ReplyTo: incident.HeaderKey(d.inc.Number),
		Card: messages.Card{Notification: title, Sections: sections},
	}
}
