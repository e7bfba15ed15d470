package main

import "time"

// verdict is how a round went.
type verdict struct {
	deliveries, alerts, pages, operations int
	lostAlerts, lostPages, doubledPages   int
	doubledMessages, doubledOperations    int
	diverged                              int
	// unanswered commands were acknowledged by an opsbot that was killed before it had stored them, or are mentions that Slack
	// delivers again after the round.
	unanswered int
	converged  time.Duration
	problems   []string
}
