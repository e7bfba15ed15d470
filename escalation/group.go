package escalation

import "slices"

// group is deliveries for one incident, at least one, in the order of the journal. They are decided on together, but
// each keeps the time at which it was received: that is what tells old news from new.
type group []Notification

func (g group) key() string { return g[0].GroupKey }

// journal are the rows that are finished once the group is.
func (g group) journal() []int64 {
	var ids []int64
	for _, n := range g {
		if n.JournalID != 0 {
			ids = append(ids, n.JournalID)
		}
	}
	return ids
}

// firing are the reports of firing alerts.
func (g group) firing() []Alert {
	var firing []Alert
	for _, n := range g {
		firing = append(firing, n.firing()...)
	}
	return firing
}

// isManual reports whether a person or opsbot itself declared it: what they mean is one incident.
func (n Notification) isManual() bool {
	return slices.ContainsFunc(n.Alerts, func(a Alert) bool { return a.Manual || a.Own })
}

func (n Notification) firing() []Alert {
	return slices.DeleteFunc(slices.Clone(n.Alerts), func(a Alert) bool { return !a.Firing })
}
