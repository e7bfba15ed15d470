package main

import "time"

// alert is one alert of Alertmanager.
type alert struct {
	name, service, role string
	repeats             bool
	began               time.Time
}

func (a alert) labels() map[string]string {
	labels := map[string]string{"alertname": a.name, "service": a.service, "role": a.role, "severity": "critical"}
	if a.repeats {
		labels["repeats"] = "yes"
	}
	return labels
}

func (a alert) summary() string { return a.name + " of " + a.service }

// wayToAck is how a person takes an incident.
type wayToAck int

const (
	ackNever wayToAck = iota // until the end of the round
	ackByPress
	ackByMention
)

// story is what happens to one service, and with its incident. Times count from the beginning of the load; zero is never.
type story struct {
	service, role string
	repeats       bool
	fires         time.Duration
	grows         time.Duration // a second alert fires
	ends          time.Duration // all alerts resolve
	ack           wayToAck
}

// alerts are the service's alerts that fire at some time.
func (s story) alerts() []alert {
	a := alert{name: "ServiceDown", service: s.service, role: s.role, repeats: s.repeats}
	if s.grows == 0 {
		return []alert{a}
	}
	second := a
	second.name = "ServiceSlow"
	return []alert{a, second}
}
