package deliver

import (
	"errors"
	"sync"
)

// A message whose posts Slack keeps failing without a reason, while it can say that the message is not there, is likely
// to be the reason itself. It must neither hold its channel back for ever nor be forgotten.
const (
	plainAfter  = 4 // tries; from then on without blocks
	poisonAfter = 6 // tries; from then on the channel does not wait for it
)

var errUnknownOutcome = errors.New("no clear answer to the full message")

// unknownOutcomes counts, for each version of a message, the tries whose outcome Slack did not tell. It is kept in memory:
// after a restart the message gets its chances anew.
type unknownOutcomes struct {
	mu   sync.Mutex
	rows map[int64]unknownTries
}

type unknownTries struct {
	version int64
	times   int
}

func newUnknownOutcomes() *unknownOutcomes { return &unknownOutcomes{rows: map[int64]unknownTries{}} }

func (u *unknownOutcomes) times(row Row) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if try := u.rows[row.ID]; try.version == row.Version {
		return try.times
	}
	return 0
}

func (u *unknownOutcomes) add(row Row) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	try := u.rows[row.ID]
	if try.version != row.Version {
		try = unknownTries{version: row.Version}
	}
	try.times++
	u.rows[row.ID] = try
	return try.times
}

func (u *unknownOutcomes) forget(row Row) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.rows, row.ID)
}
