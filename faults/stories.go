package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

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
