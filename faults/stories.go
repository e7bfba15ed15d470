package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"opsbot/faults/judge"
)

// roles are the contact roles, which are also the names of their people in the simulator.
func roles() []string { return []string{"system", "dba", "network", "development"} }

// storiesPerRound keeps a round within what Slack lets a channel show in half a minute.
const storiesPerRound = 4

// newStories invents the round's stories. One incident is left alone until the second step of the ladder is paged.
func newStories(random *rand.Rand, window time.Duration) []judge.Story {
	stories := make([]judge.Story, storiesPerRound)
	for i := range stories {
		s := judge.Story{
			Service: fmt.Sprintf("svc-%06x-%d", random.IntN(1<<24), i),
			Role:    roles()[random.IntN(len(roles()))],
			Repeats: random.IntN(3) == 0,
			Fires:   between(random, 1, window*6/10),
		}
		if i > 0 {
			s.Ack = []judge.WayToAck{judge.AckNever, judge.AckByPress, judge.AckByMention}[random.IntN(3)]
			if random.IntN(2) == 0 {
				s.Grows = between(random, s.Fires+1, window*9/10)
			}
			if random.IntN(2) == 0 {
				s.Ends = between(random, max(s.Fires, s.Grows)+1, window)
			}
		}
		stories[i] = s
	}
	return stories
}
