package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

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

// roles are the contact roles, which are also the names of their people in the simulator.
func roles() []string { return []string{"system", "dba", "network", "development"} }

// storiesPerRound keeps a round within what Slack lets a channel show in half a minute.
const storiesPerRound = 4

// newStories invents the round's stories. One incident is left alone until the second rung of the ladder is paged.
func newStories(random *rand.Rand, window time.Duration) []story {
	stories := make([]story, storiesPerRound)
	for i := range stories {
		s := story{
			service: fmt.Sprintf("svc-%06x-%d", random.IntN(1<<24), i),
			role:    roles()[random.IntN(len(roles()))],
			repeats: random.IntN(3) == 0,
			fires:   between(random, 1, window*6/10),
		}
		if i > 0 {
			s.ack = []wayToAck{ackNever, ackByPress, ackByMention}[random.IntN(3)]
			if random.IntN(2) == 0 {
				s.grows = between(random, s.fires+1, window*9/10)
			}
			if random.IntN(2) == 0 {
				s.ends = between(random, max(s.fires, s.grows)+1, window)
			}
		}
		stories[i] = s
	}
	return stories
}
