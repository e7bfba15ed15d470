package judge

import "time"

// Verdict is how a round went.
type Verdict struct {
	Deliveries, Alerts, Pages, Operations int
	LostAlerts, LostPages, DoubledPages   int
	DoubledMessages, DoubledOperations    int
	Diverged                              int
	// Unanswered commands were acknowledged by an opsbot that was killed before it had stored them, or are mentions that Slack
	// delivers again after the round.
	Unanswered int
	Converged  time.Duration
	Problems   []string
}
