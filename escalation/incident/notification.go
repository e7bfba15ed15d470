package incident

import (
	"slices"
	"time"
)

// Notification is one webhook delivery of Alertmanager (group of alerts), as journaled before it was acknowledged.
type Notification struct {
	// JournalID is the row of the journal; 0 for what opsbot made itself (reconciler, /incident open).
	JournalID  int64             `json:"journal_id"`
	ReceivedAt time.Time         `json:"received_at"`
	GroupKey   string            `json:"group_key"`        // see webhook.GroupKey
	Labels     map[string]string `json:"labels,omitempty"` // group labels
	Alerts     []Alert           `json:"alerts"`
	// Truncated is how many alerts are missing: Alertmanager left them out (max_alerts), there were too many, or they could not
	// be read. Unread says why the first one could not be read; nil if all could.
	Truncated   int    `json:"truncated,omitempty"`
	Unread      error  `json:"-"`
	ExternalURL string `json:"external_url,omitempty"`
	// Repair marks what was found through Alertmanager's API because no webhook came. ReceivedAt is when the API was asked.
	Repair bool `json:"repair,omitempty"`
}

// Deliveries are one or more deliveries for one incident, in the order of the journal. They are decided on together, but each
// keeps the time at which it was received, by which old reports are told from new ones.
type Deliveries []Notification

// GroupKey is the key of the first delivery's group.
func (g Deliveries) GroupKey() string { return g[0].GroupKey }

// JournalIDs are the rows of the journal that hold the deliveries.
func (g Deliveries) JournalIDs() []int64 {
	var ids []int64
	for _, n := range g {
		if n.JournalID != 0 {
			ids = append(ids, n.JournalID)
		}
	}
	return ids
}

// Firing are the reports of firing alerts.
func (g Deliveries) Firing() []Alert {
	var firing []Alert
	for _, n := range g {
		firing = append(firing, n.Firing()...)
	}
	return firing
}

// IsManual reports whether a person or opsbot itself raised an alert of it. Such an incident never becomes part of a storm.
func (n Notification) IsManual() bool {
	return slices.ContainsFunc(n.Alerts, func(a Alert) bool { return a.Manual || a.Own })
}

// Firing are the reports of firing alerts.
func (n Notification) Firing() []Alert {
	return slices.DeleteFunc(slices.Clone(n.Alerts), func(a Alert) bool { return !a.Firing })
}
