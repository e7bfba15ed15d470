package deliver

import (
	"errors"
	"sync"
)

// A poison message is one that Slack keeps failing on without giving a reason, while Slack answers that the message was not posted:
// the message itself is then the likely reason. It must not hold its channel back for ever, and it must not be forgotten.
const (
	plainAfter  = 4 // tries; from then on without blocks
	poisonAfter = 6 // tries; from then on the channel does not wait for it
)

var errUnknownOutcome = errors.New("no clear answer to the full message")

// unknownOutcomes counts, for each version of a message, the tries with an unknown outcome. It is kept in memory:
// after a restart the count begins at zero.
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
