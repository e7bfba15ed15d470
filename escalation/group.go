package escalation

import "slices"

// group is deliveries of one Alertmanager group, at least one, in the order of the journal. They are decided on
// together, but each keeps the time at which it was received: that is what tells old news from new.
type group []Notification

// byGroup sorts deliveries by their group; the groups come in the order of their first delivery.
func byGroup(deliveries []Notification) []group {
	var groups []group
	index := map[string]int{}
	for _, n := range deliveries {
		i, ok := index[n.GroupKey]
		if !ok {
			i = len(groups)
			index[n.GroupKey] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], n)
	}
	return groups
}

func (g group) key() string { return g[0].GroupKey }

func (g group) last() Notification { return g[len(g)-1] }

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

// isManual reports whether a person declared it: what a person means is one incident.
func (n Notification) isManual() bool {
	return slices.ContainsFunc(n.Alerts, func(a Alert) bool { return a.Manual })
}

func (n Notification) firing() []Alert {
	return slices.DeleteFunc(slices.Clone(n.Alerts), func(a Alert) bool { return !a.Firing })
}
