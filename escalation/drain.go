package escalation

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"
)

// drainBatch is how many deliveries share a transaction: enough for a storm, few enough that the writer is free for
// the next deliveries soon.
const drainBatch = 200

const (
	// storm is how many deliveries at once mean that intake comes first; yieldLimit is for how long.
	storm      = 4
	yieldLimit = 250 * time.Millisecond
)

// yieldToIntake leaves the store to a storm of deliveries for a moment: acknowledging them is what Alertmanager waits
// for, and those that have come meanwhile share a change.
func (s *Service) yieldToIntake() {
	for waited := time.Duration(0); waited < yieldLimit && s.receiving.Load() >= storm; waited += yieldLimit / 50 {
		time.Sleep(yieldLimit / 50)
	}
}

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
	return len(entries) == drainBatch, s.Observe(ctx, deliveries...)
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
		inc, pages, err := s.incidentFor(ctx, g.Notification)
		if err != nil {
			return nil, err
		}
		c := Change{}
		if inc.Number != 0 {
			c = Observe(s.Policy, s.Directory, inc, pages, g.Notification, s.Now())
		}
		c.Processed = g.journal
		if !c.Empty() {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// incidentFor is the group's open incident, a new one if there is none and the delivery has something firing, else
// the zero Incident.
func (s *Service) incidentFor(ctx context.Context, n Notification) (Incident, []Page, error) {
	inc, err := s.Store.OpenByGroup(ctx, n.GroupKey)
	switch {
	case err == nil:
		pages, err := s.Queries.Pages(ctx, inc.Number)
		return inc, pages, err
	case !errors.Is(err, ErrNotFound):
		return Incident{}, nil, err
	case !n.anyFiring():
		return Incident{}, nil, nil
	}
	number, err := s.Store.NextNumber(ctx)
	return Incident{Number: number}, nil, err
}

// group is all deliveries of one group as one, with their alerts in the order in which they came.
type group struct {
	Notification
	journal []int64
}

func byGroup(deliveries []Notification) []*group {
	var groups []*group
	index := map[string]*group{}
	for _, n := range deliveries {
		g, ok := index[n.GroupKey]
		if !ok {
			g = &group{Notification: n}
			g.JournalID, g.Alerts = 0, nil
			index[n.GroupKey] = g
			groups = append(groups, g)
		}
		g.Alerts = append(g.Alerts, n.Alerts...)
		g.ReceivedAt, g.Truncated, g.ExternalURL = n.ReceivedAt, n.Truncated, n.ExternalURL
		if n.JournalID != 0 {
			g.journal = append(g.journal, n.JournalID)
		}
	}
	return groups
}
