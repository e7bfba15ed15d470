package deliver

import (
	"cmp"
	"slices"
	"time"
)

// schedule decides which rows go out now. Posts to one channel go one at a time and in order; edits are ordered by
// message only; different channels go side by side. Time comes in as an argument; it is not safe for concurrent use.
type schedule struct {
	budget *budget
	width  int // requests at once

	busy    map[int64]bool       // rows on their way
	posting map[string]bool      // channels with a post on its way
	held    map[string]time.Time // channels whose next post failed: no later one may overtake it
	written map[int64]time.Time  // when a message was last posted or edited
}

func newSchedule(b *budget, width int) *schedule {
	return &schedule{
		budget: b, width: max(width, 1),
		busy: map[int64]bool{}, posting: map[string]bool{}, held: map[string]time.Time{}, written: map[int64]time.Time{},
	}
}

// pick claims the rows to send now, in sending order, from due rows in lane order. next is when to pick again if nothing else
// happens; zero if no row waits for a certain time.
func (s *schedule) pick(now time.Time, due []Row) (start []Row, next time.Time) {
	s.expire(now)
	blocked := map[string]bool{}
	for _, row := range s.fairOrder(now, due) {
		if len(s.busy) >= s.width {
			break // finish wakes us
		}
		if s.busy[row.ID] {
			continue
		}
		at, ok := s.claim(row, now, blocked)
		if ok {
			s.busy[row.ID] = true
			start = append(start, row)
			continue
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return start, next
}

// claim takes what row needs from the budget. If the row has to wait, at is when to ask again; zero means after a row in progress.
func (s *schedule) claim(row Row, now time.Time, blocked map[string]bool) (at time.Time, ok bool) {
	switch kindOf(row) {
	case kindEdit:
		at = s.budget.takeEdit(row.ID, now)
		if at.IsZero() {
			s.written[row.ID] = now
		}
		return at, at.IsZero()
	case kindEphemeral:
		at = s.budget.take(methodEphemeral, now)
		return at, at.IsZero()
	}
	channel := placeOf(row).channel
	if s.posting[channel] || blocked[channel] {
		return time.Time{}, false
	}
	if at = s.held[channel]; at.IsZero() {
		at = s.budget.takePost(methodPost, channel, now)
	}
	if !at.IsZero() {
		blocked[channel] = true
		return at, false
	}
	s.posting[channel] = true
	s.written[row.ID] = now
	return time.Time{}, true
}

// editTurn is how long other messages go first after a message was posted or edited. All edits share one tier: without this the
// header of an incident with many new alerts would use all of it, and the messages in its thread would get none.
const editTurn = 2 * time.Second

// fairOrder sorts by lane and age, with two exceptions: a message that was edited a moment ago comes last, and within a lane the
// message that was edited longest ago comes first, so that no progress report starves another.
func (s *schedule) fairOrder(now time.Time, due []Row) []Row {
	written := func(r Row) time.Time {
		if kindOf(r) != kindEdit {
			return time.Time{} // posts keep their order
		}
		return s.written[r.ID]
	}
	hadTurn := func(r Row) int {
		if now.Sub(written(r)) < editTurn {
			return 1
		}
		return 0
	}
	rows := slices.Clone(due)
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(hadTurn(a), hadTurn(b)), cmp.Compare(a.Lane, b.Lane), written(a).Compare(written(b)))
	})
	return rows
}

// finish releases what row claimed. Unless hold is zero, the channel's posts wait until then.
func (s *schedule) finish(row Row, hold time.Time) {
	delete(s.busy, row.ID)
	if kindOf(row) != kindPost {
		return
	}
	channel := placeOf(row).channel
	delete(s.posting, channel)
	if !hold.IsZero() {
		s.held[channel] = hold
	}
}

func (s *schedule) expire(now time.Time) {
	for channel, until := range s.held {
		if !until.After(now) {
			delete(s.held, channel)
		}
	}
	for row, at := range s.written {
		if now.Sub(at) > time.Minute {
			delete(s.written, row)
		}
	}
	s.budget.dropIdle(now)
}
