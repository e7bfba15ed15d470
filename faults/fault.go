package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// fault is a row of the matrix.
type fault struct {
	name   string
	what   string
	weight int // its share of the rounds
	setup  setup
	// strike does the damage within the time, and returns when everything is whole again.
	strike func(ctx context.Context, w *world, random *rand.Rand, within time.Duration) error
	// kills: what an opsbot posted in its last second is forgotten with it, so that the next one may run into Slack's limit.
	kills bool
}

// setup is what a round is played on.
type setup struct {
	postgres bool
	platform bool // with a database behind a pod, to be backed up and restored
	jobs     bool // with a test that runs as a Job
	replicas int  // 0 is 1
	stepped  bool
}

// matrix is every fault, in the order of the table.
func matrix() []fault {
	onPostgres := setup{postgres: true}
	pair := setup{postgres: true, replicas: 2}
	return []fault{
		{name: "kill", what: "opsbot killed (kill -9)", weight: 8, kills: true, strike: killAtRandom},
		{name: "socket", what: "sockets dropped, half open, refreshed", weight: 4, strike: breakSockets},
		{name: "429", what: "bursts of 429", weight: 4, strike: limitRate},
		{name: "5xx", what: "bursts of 500", weight: 4, strike: failRequests},
		{name: "timeout", what: "Slack takes the request, the answer never comes", weight: 4, strike: loseAnswers},
		{name: "away", what: "Slack away", weight: 3, strike: takeSlackAway},
		{name: "database", what: "PostgreSQL cut off or silent", weight: 3, setup: onPostgres, strike: cutDatabase},
		{name: "replica", what: "the leader of two killed", weight: 4, setup: pair, kills: true, strike: killLeader},
		{name: "clock", what: "the clock steps, at most 30 s", weight: 2, setup: setup{stepped: true}, strike: stepClock},
		{name: "runs", what: "opsbot killed in the middle of a restore", weight: 4, setup: setup{platform: true}, kills: true, strike: killDuringRestore},
		{name: "rotate", what: "opsbot killed in the middle of a rotation of a password", weight: 2, setup: setup{platform: true}, kills: true, strike: killDuringRotation},
		{name: "jobs", what: "opsbot killed while a Job runs", weight: 2, setup: setup{jobs: true}, kills: true, strike: killDuringJob},
		{name: "several", what: "three of them at once, on two replicas", weight: 6, setup: pair, kills: true, strike: strikeSeveral},
	}
}

func faultNames() []string {
	var names []string
	for _, f := range matrix() {
		names = append(names, f.name)
	}
	return names
}

// choose returns the faults that are named, all for "".
func choose(only string) ([]fault, error) {
	if only == "" {
		return matrix(), nil
	}
	var chosen []fault
	for name := range strings.SplitSeq(only, ",") {
		i := slices.Index(faultNames(), name)
		if i < 0 {
			return nil, fmt.Errorf("no fault %q: there are %s", name, strings.Join(faultNames(), ", "))
		}
		chosen = append(chosen, matrix()[i])
	}
	return chosen, nil
}
