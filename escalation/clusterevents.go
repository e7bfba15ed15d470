package escalation

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// ClusterEvent is something that nobody did through opsbot.
type ClusterEvent struct {
	// Source is its identity: at most one entry of an incident has it.
	Source string
	// First and Last are when it was first and last seen; they differ for what goes on.
	First, Last time.Time
	Text        messages.Text
}

// RecordClusterEvents writes events down, unless the incident is over by now.
func RecordClusterEvents(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, list []ClusterEvent, now time.Time) Change {
	if inc.Status == incident.Resolved {
		return Change{}
	}
	d := begin(policy, directory, inc, pages, now)
	for _, h := range list {
		d.appendEntry(incident.EntryCluster, "", h.Text)
		entry := &d.change.Entries[len(d.change.Entries)-1]
		// What began before and goes on may be the cause, so it counts; but one incident may be hours older than another, and
		// the timeline of none begins before its own time: there it was going on from the start.
		entry.At, entry.Source = times.Latest(h.First, ClusterEventsFrom(inc)).UTC(), h.Source
	}
	return d.finish()
}

// ClusterEventsFrom is the moment from which on something is looked for.
func ClusterEventsFrom(inc incident.Incident) time.Time { return inc.OpenedAt.Add(-lookBack) }

// lookBack is how long before an incident causes are looked for.
const lookBack = 15 * time.Minute
