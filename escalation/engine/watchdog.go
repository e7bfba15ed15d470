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

// Watchdog is a dead man's switch: an alert that always fires. When it stops coming, Prometheus, Alertmanager or the network
// in between is broken, and that opens an incident. The zero Watchdog is off.
type Watchdog struct {
	Alert string // its name; "" is off
	// Silence is how long the alert may be missing. Alertmanager must repeat it more often (group_interval, repeat_interval).
	Silence time.Duration
	// Title is the title of the incident that its silence opens.
	Title string
}

// Heartbeat is what is known of a Watchdog.
type Heartbeat struct {
	// At is when it was received last; zero: never.
	At time.Time
	// Run is how often it came in a row, each time within Silence. From runNeeded on it is missed when it stops, and Run no
	// longer grows.
	Run int
	// MissedAt is when its silence opened an incident; zero once it comes again.
	MissedAt time.Time
}

// runNeeded is how often the Watchdog must come in a row before its silence counts. One that Alertmanager repeats only every
// few hours would be missed all the time.
const runNeeded = 3

// beat is the heartbeat after the Watchdog was received at a time. Two that come at almost the same time are one report by two
// members of an Alertmanager cluster.
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

// verdict decides what to do at now. opsbot runs since started; what it could not receive before does not count as silence.
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

// report is the delivery that begins or ends the alert about the silence.
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

// Without removes the Watchdog from deliveries. heard is when it was last received firing; zero: not at all.
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
