package reconcile

import (
	"maps"
	"slices"
	"time"

	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
)

// Upstream is what Alertmanager holds at one moment.
type Upstream struct {
	// At is when it was asked. A webhook that was received later is newer.
	At time.Time
	// Groups are the alerts that it should report to opsbot: active, and not silenced, inhibited or muted.
	Groups []UpstreamGroup
	// Held are the fingerprints of all its alerts, also of suppressed ones and those for other receivers.
	Held map[string]bool
	// Complete says that alerts which are not held have ended. It is false if a cluster member did not answer, or has just
	// started and may not have all alerts yet.
	Complete bool
}

// UpstreamGroup is what the webhook of one group would report.
type UpstreamGroup struct {
	incident.Notification
	// First is how long Alertmanager takes to report a new group (group_wait), Next how long to report more alerts of one
	// that it has reported (group_interval).
	First, Next time.Duration
}

// sighting is a difference whose webhook may still be on its way: since when it was seen, and in how many looks in a row.
type sighting struct {
	since time.Time
	looks int
}

// looksNeeded is in how many looks in a row a difference must be seen. A single look may come between Alertmanager's decision
// and its webhook.
const looksNeeded = 2

// differences are what Alertmanager and opsbot disagree about, by fingerprint.
type differences struct {
	missing map[string]sighting // Alertmanager reports it, opsbot does not have it
	gone    map[string]sighting // it fires in an incident, Alertmanager does not hold it
}

// repairs are the differences that have lasted too long: no webhook will come.
type repairs struct {
	fired []incident.Notification
	gone  map[int64][]string // fingerprints by incident
}

// compare compares what Alertmanager holds with what fires in incidents (fingerprint → incident), given the differences of the
// look before.
func (before differences) compare(up Upstream, firing map[string]int64) (differences, repairs) {
	now, todo := differences{missing: map[string]sighting{}, gone: map[string]sighting{}}, repairs{gone: map[int64][]string{}}
	for _, g := range up.Groups {
		if n, ok := before.compareGroup(g, now, up.At, firing); ok {
			todo.fired = append(todo.fired, n)
		}
	}
	if !up.Complete {
		return now, todo
	}
	for _, fingerprint := range slices.Sorted(maps.Keys(firing)) {
		if up.Held[fingerprint] {
			continue
		}
		d := before.gone[fingerprint].again(up.At)
		now.gone[fingerprint] = d
		if d.looks >= looksNeeded {
			todo.gone[firing[fingerprint]] = append(todo.gone[firing[fingerprint]], fingerprint)
		}
	}
	return now, todo
}

func (d sighting) again(at time.Time) sighting {
	if d.looks == 0 {
		d.since = at
	}
	d.looks++
	return d
}

// maxDelay is how long Alertmanager may take to report an alert of the group.
func (g UpstreamGroup) maxDelay(firing map[string]int64) time.Duration {
	if slices.ContainsFunc(g.Alerts, func(a incident.Alert) bool { return firing[a.Fingerprint] != 0 }) {
		return g.Next
	}
	return g.First
}

// compareGroup adds the alerts of a group that opsbot does not have to now, and returns those whose webhook is overdue.
func (before differences) compareGroup(g UpstreamGroup, now differences, at time.Time, firing map[string]int64) (incident.Notification, bool) {
	n, patience := g.Notification, g.maxDelay(firing)
	n.Alerts, n.ReceivedAt, n.Repair = nil, at, true
	for _, a := range g.Alerts {
		if firing[a.Fingerprint] != 0 {
			continue
		}
		d, isNoted := now.missing[a.Fingerprint]
		if !isNoted { // an alert may be in several groups
			d = before.missing[a.Fingerprint].again(at)
			now.missing[a.Fingerprint] = d
		}
		if d.looks >= looksNeeded && at.Sub(d.since) >= patience {
			n.Alerts = append(n.Alerts, a)
		}
	}
	return n, len(n.Alerts) > 0
}

// endingDelivery is the delivery that ends alerts of an incident at the given time, without those that have ended meanwhile, and
// those of which Alertmanager never knew.
func endingDelivery(inc incident.Incident, fingerprints []string, at time.Time) incident.Notification {
	n := incident.Notification{ReceivedAt: at, GroupKey: inc.GroupKey, Labels: inc.Labels, Repair: true}
	for _, fingerprint := range fingerprints {
		if a, ok := inc.Alerts[fingerprint]; ok && a.Firing && !a.Foreign {
			a.Firing, a.EndsAt = false, at
			n.Alerts = append(n.Alerts, a)
		}
	}
	return n
}

// withoutWatchdog removes the Watchdog from what Alertmanager holds: only its webhook counts.
func withoutWatchdog(w engine.Watchdog, up Upstream) Upstream {
	groups := make([]UpstreamGroup, len(up.Groups))
	for i, g := range up.Groups {
		others, _ := w.Without([]incident.Notification{g.Notification})
		g.Notification = others[0]
		groups[i] = g
	}
	up.Groups = groups
	return up
}
