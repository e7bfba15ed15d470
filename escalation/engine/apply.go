package engine

import (
	"context"
	"errors"
	"slices"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// attempts limits the retries after ErrConflict. Each conflict means that somebody else made progress.
const attempts = 10

// decideFunc decides, given the contact table, an incident and its ledger.
type decideFunc func(oncall.Directory, incident.Incident, []incident.Page) (escalation.Change, error)

// change reads, decides and applies, and repeats that after a conflict. If conflicts do not end, deliveries have to wait: a
// storm must not keep out what a person does.
func (s *Service) change(ctx context.Context, number int64, decide decideFunc) (incident.Incident, error) {
	inc, err := s.tryChange(ctx, number, decide)
	if errors.Is(err, incident.ErrConflict) {
		return s.changeAlone(ctx, number, decide)
	}
	return inc, err
}

// changeAlone is change while no delivery is processed.
func (s *Service) changeAlone(ctx context.Context, number int64, decide decideFunc) (incident.Incident, error) {
	s.observing.Lock()
	defer s.observing.Unlock()
	return s.tryChange(ctx, number, decide)
}

func (s *Service) tryChange(ctx context.Context, number int64, decide decideFunc) (incident.Incident, error) {
	var inc incident.Incident
	err := incident.ErrConflict
	for try := 0; try < attempts && errors.Is(err, incident.ErrConflict); try++ {
		inc, err = s.changeOnce(ctx, number, decide)
	}
	return inc, err
}

func (s *Service) changeOnce(ctx context.Context, number int64, decide decideFunc) (incident.Incident, error) {
	inc, err := s.Store.Incident(ctx, number)
	if err != nil {
		return incident.Incident{}, err
	}
	pages, err := s.Queries.Pages(ctx, number)
	if err != nil {
		return incident.Incident{}, err
	}
	directory, err := s.directory(ctx)
	if err != nil {
		return incident.Incident{}, err
	}
	c, err := decide(directory, inc, pages)
	if err != nil {
		return incident.Incident{}, err
	}
	if c.Empty() {
		return inc, nil
	}
	if err := s.apply(ctx, c); err != nil {
		return incident.Incident{}, err
	}
	s.Wake()
	c.Incident.Version++
	return c.Incident, nil
}

func (s *Service) apply(ctx context.Context, changes ...escalation.Change) error {
	if err := s.Store.Apply(ctx, changes...); err != nil {
		return err
	}
	hasMessages := func(c escalation.Change) bool { return len(c.Messages) > 0 || len(c.CancelMessages) > 0 }
	if slices.ContainsFunc(changes, hasMessages) {
		s.OnMessages()
	}
	hasPages := func(c escalation.Change) bool { return slices.ContainsFunc(c.Pages, incident.Page.OutsideSlack) }
	if slices.ContainsFunc(changes, hasPages) {
		s.OnPages()
	}
	return nil
}

// directory is the contact table for one decision.
func (s *Service) directory(ctx context.Context) (oncall.Directory, error) {
	if s.Current == nil {
		return s.Directory, nil
	}
	return s.Current.Directory(ctx)
}
