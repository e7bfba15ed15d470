package engine

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
)

// Watchdog is a dead man's switch: an alert that always fires, so that its silence means that Prometheus, Alertmanager or
// the way from there is broken. It opens no incident; its silence does. The zero Watchdog is off.
type Watchdog struct {
	Alert string // its name; "" is off
	// Silence is how long nothing may come. Alertmanager must repeat the alert more often (group_interval, repeat_interval).
	Silence time.Duration
	// Title says in the incident what its silence means.
	Title string
}

// Heartbeat is what is known of a Watchdog.
type Heartbeat struct {
	// At is when it was received last; zero: never.
	At time.Time
	// Run is how often it came in a row, each time within its silence. At runNeeded it keeps watch, and Run stays.
	Run int
	// MissedAt is when its silence became an incident; zero when it is heard again.
	MissedAt time.Time
}

// runNeeded keeps a Watchdog that is sent like any other alert, once in hours, from being missed all the time in between.
const runNeeded = 3

// beat is what is known after the Watchdog was received at a time. What comes at once after another is the same report of
// another member of a cluster.
func (w Watchdog) beat(h Heartbeat, at time.Time) Heartbeat {
	gap := at.Sub(h.At)
	switch {
	case gap <= 0:
		return h
	case h.Run >= runNeeded, gap < w.Silence/10:
	case gap > w.Silence:
		h.Run = 1
	default:
		h.Run++
	}
	h.At = at
	return h
}

// watchdogVerdict is what there is to do about a Watchdog.
type watchdogVerdict int

const (
	watchdogFine watchdogVerdict = iota
	watchdogSilent
	watchdogBack
)

// verdict judges what is known at now. opsbot listens since started: what it could not hear before says nothing.
func (w Watchdog) verdict(h Heartbeat, started, now time.Time) watchdogVerdict {
	switch {
	case h.Run < runNeeded:
		return watchdogFine
	case !h.MissedAt.IsZero() && h.At.After(h.MissedAt):
		return watchdogBack
	case h.MissedAt.IsZero() && now.Sub(times.Latest(h.At, started)) > w.Silence:
		return watchdogSilent
	default:
		return watchdogFine
	}
}

// report is the delivery that tells of the silence, or of its end.
func (w Watchdog) report(h Heartbeat, isSilent bool, now time.Time) incident.Notification {
	key := "watchdog/" + w.Alert
	hash := fnv.New64a()
	hash.Write([]byte(key))
	a := incident.Alert{
		Fingerprint: fmt.Sprintf("%016x", hash.Sum64()), Firing: isSilent, Own: true, StartsAt: h.At,
		Labels:      map[string]string{"alertname": w.Alert + "Silent", "severity": incident.Critical.String(), "role": string(oncall.System)},
		Annotations: map[string]string{"summary": w.Title},
	}
	if !isSilent {
		a.StartsAt, a.EndsAt = h.MissedAt, h.At
	}
	return incident.Notification{ReceivedAt: now, GroupKey: key, Labels: map[string]string{"alertname": a.Name()}, Alerts: []incident.Alert{a}}
}

// Without takes the Watchdog out of deliveries. heard is when it was received last, firing; zero: it was not.
func (w Watchdog) Without(deliveries []incident.Notification) (others []incident.Notification, heard time.Time) {
	if w.Alert == "" {
		return deliveries, time.Time{}
	}
	isWatchdog := func(a incident.Alert) bool { return a.Labels["alertname"] == w.Alert && !a.Manual }
	others = slices.Clone(deliveries)
	for i, n := range deliveries {
		if !slices.ContainsFunc(n.Alerts, isWatchdog) {
			continue
		}
		if !n.Repair && slices.ContainsFunc(n.Alerts, func(a incident.Alert) bool { return isWatchdog(a) && a.Firing }) {
			heard = times.Latest(heard, n.ReceivedAt)
		}
		others[i].Alerts = slices.DeleteFunc(slices.Clone(n.Alerts), isWatchdog)
	}
	return others, heard
}
