package escalation

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// ClusterEvent is something that happened in the cluster and was not done through opsbot.
type ClusterEvent struct {
	// Source is its identity: at most one entry of an incident has it.
	Source string
	// First and Last are when it was first and last seen; they differ for events that repeat.
	First, Last time.Time
	Text        messages.Text
}

// RecordClusterEvents adds events to the timeline, unless the incident is already resolved.
func RecordClusterEvents(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, list []ClusterEvent, now time.Time) Change {
	if inc.Status == incident.Resolved {
		return Change{}
	}
	d := begin(policy, directory, inc, pages, now)
	for _, e := range list {
		d.appendEntry(incident.EntryCluster, "", e.Text)
		entry := &d.change.Entries[len(d.change.Entries)-1]
		// An event that began earlier and still goes on may be the cause, so it is recorded. But no timeline begins before the
		// time at which its incident looks for causes: such an event is entered at that time.
		entry.At, entry.Source = times.Latest(e.First, ClusterEventsFrom(inc)).UTC(), e.Source
	}
	return d.finish()
}

// ClusterEventsFrom is the time since which events are recorded for the incident.
func ClusterEventsFrom(inc incident.Incident) time.Time { return inc.OpenedAt.Add(-lookBack) }

// lookBack is how far before its opening an incident looks for causes.
const lookBack = 15 * time.Minute
