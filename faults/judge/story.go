package judge

import "time"

// Alert is one alert of Alertmanager.
type Alert struct {
	Name, service, role string
	repeats             bool
	Began               time.Time
}

// Labels are its labels; opsbot groups by the service and pages the role.
func (a Alert) Labels() map[string]string {
	labels := map[string]string{"alertname": a.Name, "service": a.service, "role": a.role, "severity": "critical"}
	if a.repeats {
		labels["repeats"] = "yes"
	}
	return labels
}

// Summary is its annotation.
func (a Alert) Summary() string { return a.Name + " of " + a.service }

// WayToAck is how a person takes an incident.
type WayToAck int

// The ways.
const (
	AckNever WayToAck = iota // until the end of the round
	AckByPress
	AckByMention
)

// Story is what happens to one service, and with its incident. Times count from the beginning of the load; zero is never.
type Story struct {
	Service, Role string
	Repeats       bool
	Fires         time.Duration
	Grows         time.Duration // a second alert fires
	Ends          time.Duration // all alerts resolve
	Ack           WayToAck
}

// Alerts are the service's alerts that fire at some time.
func (s Story) Alerts() []Alert {
	a := Alert{Name: "ServiceDown", service: s.Service, role: s.Role, repeats: s.Repeats}
	if s.Grows == 0 {
		return []Alert{a}
	}
	second := a
	second.Name = "ServiceSlow"
	return []Alert{a, second}
}
