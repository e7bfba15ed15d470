package engine

import (
	"context"
	"errors"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/webhook"

	"go.uber.org/zap"
)

const (
	// storm is from how many simultaneous deliveries on intake comes first, yieldLimit for how long at most.
	storm      = 4
	yieldLimit = 250 * time.Millisecond
)

// yieldToIntake leaves the store to a storm of deliveries for a moment: Alertmanager waits for them to be acknowledged, and
// those that arrive meanwhile share a change.
func (s *Service) yieldToIntake(ctx context.Context) {
	const step = yieldLimit / 50
	for waited := time.Duration(0); waited < yieldLimit && s.receiving.Load() >= storm; waited += step {
		if times.Wait(ctx, step) != nil {
			return
		}
	}
}

// drainBatch is how many deliveries share a transaction: enough for a storm, and few enough that the next deliveries can soon
// be written.
const drainBatch = 200

// drain turns a batch of the journal into changes of incidents and reports whether there may be more.
func (s *Service) drain(ctx context.Context) (more bool, err error) {
	entries, err := s.Journal.Pending(ctx, drainBatch)
	if err != nil {
		return false, err
	}
	var deliveries []incident.Notification
	for _, e := range entries {
		n, err := webhook.Decode(e.Payload, e.ReceivedAt)
		if err != nil {
			if err := s.quarantine(ctx, e.ID, err); err != nil {
				return false, err
			}
			continue
		}
		n.JournalID = e.ID
		deliveries = append(deliveries, n)
	}
	err = s.ingest(ctx, deliveries...)
	if errors.Is(err, incident.ErrRefused) {
		err = s.ingestOneByOne(ctx, deliveries)
	}
	return len(entries) > 0, err
}

func (s *Service) quarantine(ctx context.Context, id int64, reason error) error {
	s.Log.Error("journaled delivery set aside", zap.Int64("journal_id", id), zap.Error(reason))
	return s.Journal.Quarantine(ctx, id, reason.Error())
}

// Observe takes in deliveries, in one transaction: those of the journal, and those that opsbot makes itself.
func (s *Service) Observe(ctx context.Context, deliveries ...incident.Notification) error {
	s.observing.Lock()
	defer s.observing.Unlock()
	var err error
	for range attempts {
		var changes []escalation.Change
		changes, err = s.observe(ctx, deliveries)
		switch {
		case errors.Is(err, incident.ErrConflict):
			continue
		case err != nil:
			return err
		case len(changes) == 0:
			return nil
		}
		if err = s.apply(ctx, changes...); !errors.Is(err, incident.ErrConflict) {
			break
		}
	}
	if err == nil {
		s.Wake()
	}
	return err
}

// observe decides on the deliveries, incident by incident: a storm, of one group or of many, is one change.
func (s *Service) observe(ctx context.Context, deliveries []incident.Notification) ([]escalation.Change, error) {
	deliveries, err := s.takeHeartbeats(ctx, deliveries)
	if err != nil {
		return nil, err
	}
	targets, err := s.findTargets(ctx, deliveries)
	if err != nil || len(targets) == 0 {
		return nil, err
	}
	directory, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	var changes []escalation.Change
	for _, t := range targets {
		c, err := s.decide(ctx, directory, t)
		if err != nil {
			return nil, err
		}
		if !c.Empty() {
			changes = append(changes, c)
		}
	}
	return changes, nil
}
