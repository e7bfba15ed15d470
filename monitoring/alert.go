package monitoring

import "time"

// Group is what one webhook of Alertmanager is about: the alerts of a receiver that share labels.
type Group struct {
	Receiver string
	Labels   map[string]string
	Alerts   []Alert
	// Wait is how long Alertmanager takes to report the group when it is new, Interval how long to report more alerts of it.
	Wait, Interval time.Duration
}

// Alert as Alertmanager holds it. It has not ended.
type Alert struct {
	Fingerprint  string // 16 hexadecimal digits, as in a webhook
	Labels       map[string]string
	Annotations  map[string]string
	StartsAt     time.Time
	GeneratorURL string
	// IsActive tells that Alertmanager reports it: it is neither silenced nor inhibited nor muted for now.
	IsActive bool
}

// Status of an Alertmanager.
type Status struct {
	Version string
	Started time.Time // by its own clock
	Routing Routing
}
