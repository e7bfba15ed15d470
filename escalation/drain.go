package escalation

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"
)

const (
	// storm is how many deliveries at once mean that intake comes first; yieldLimit is for how long.
	storm      = 4
	yieldLimit = 250 * time.Millisecond
)

// yieldToIntake leaves the store to a storm of deliveries for a moment: acknowledging them is what Alertmanager waits
// for, and those that have come meanwhile share a change.
func (s *Service) yieldToIntake(ctx context.Context) {
	const step = yieldLimit / 50
	for waited := time.Duration(0); waited < yieldLimit && s.receiving.Load() >= storm; waited += step {
		if pause(ctx, step) != nil {
			return
		}
	}
}

// drainBatch is how many deliveries share a transaction: enough for a storm, few enough that the writer is free for the
// next deliveries soon.
const drainBatch = 200

// drain turns a batch of the journal into changes of incidents and reports whether there may be more.
func (s *Service) drain(ctx context.Context) (more bool, err error) {
	entries, err := s.Journal.Pending(ctx, drainBatch)
	if err != nil {
		return false, err
	}
	var deliveries []Notification
	for _, e := range entries {
		n, err := Decode(e.Payload, e.ReceivedAt)
		if err != nil {
			if err := s.quarantine(ctx, e.ID, err); err != nil {
				return false, err
			}
			continue
		}
		n.JournalID = e.ID
		deliveries = append(deliveries, n)
	}
	return len(entries) > 0, s.Observe(ctx, deliveries...)
}

func (s *Service) quarantine(ctx context.Context, id int64, reason error) error {
	s.Log.Error("journaled delivery set aside", zap.Int64("journal_id", id), zap.Error(reason))
	return s.Journal.Quarantine(ctx, id, reason.Error())
}

// Observe takes in deliveries, in one transaction: those of the journal, and what opsbot finds out itself.
func (s *Service) Observe(ctx context.Context, deliveries ...Notification) error {
	s.observing.Lock()
	defer s.observing.Unlock()
	var err error
	for range attempts {
		var changes []Change
		if changes, err = s.observe(ctx, deliveries); err != nil {
			return err
		}
		if len(changes) == 0 {
			return nil
		}
		if err = s.apply(ctx, changes...); !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err == nil {
		s.Wake()
	}
	return err
}

// observe decides on the deliveries, group by group: a storm of one group is one change.
func (s *Service) observe(ctx context.Context, deliveries []Notification) ([]Change, error) {
	var changes []Change
	for _, g := range byGroup(deliveries) {
		inc, pages, err := s.incidentFor(ctx, g)
		if err != nil {
			return nil, err
		}
		c := Change{Processed: g.journal()}
		if inc.Number != 0 {
			c = Observe(s.Policy, s.Directory, inc, pages, g, s.Now())
		}
		if !c.Empty() {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// incidentFor is the group's open incident, a new one if there is none and the deliveries have something firing, else
// the zero Incident.
func (s *Service) incidentFor(ctx context.Context, g group) (Incident, []Page, error) {
	inc, err := s.Store.OpenByGroup(ctx, g.key())
	switch {
	case err == nil:
		pages, err := s.Queries.Pages(ctx, inc.Number)
		return inc, pages, err
	case !errors.Is(err, ErrNotFound):
		return Incident{}, nil, err
	case len(g.firing()) == 0:
		return Incident{}, nil, nil
	}
	number, err := s.Store.NextNumber(ctx)
	return Incident{Number: number}, nil, err
}
