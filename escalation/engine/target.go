package engine

import (
	"context"
	"errors"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// target is an existing or new incident with its deliveries.
type target struct {
	number     int64 // 0: the deliveries belong to no incident
	isNew      bool
	isStorm    bool
	deliveries incident.Deliveries
	joined     []string // keys of the groups that belong to it from now on
}

// targetFinder finds the incident for each batch.
type targetFinder struct {
	service  *Service
	now      time.Time
	targets  []*target
	byNumber map[int64]*target
	openings map[string]*opening // by correlation
}

// opening is how many incidents of one correlation opened lately, and its current storm, 0 if there is none.
type opening struct {
	recent int
	storm  int64
}

// findTargets finds the incidents for deliveries. All groups of a storm have the same target.
func (s *Service) findTargets(ctx context.Context, deliveries []incident.Notification) ([]*target, error) {
	batches, err := s.groupByIncident(ctx, deliveries)
	if err != nil {
		return nil, err
	}
	by := &targetFinder{service: s, now: s.Now(), byNumber: map[int64]*target{}, openings: map[string]*opening{}}
	for _, p := range batches {
		if err := by.add(ctx, p); err != nil {
			return nil, err
		}
	}
	return by.targets, nil
}

func (by *targetFinder) add(ctx context.Context, p *incidentBatch) error {
	g := p.deliveries
	if p.incident != 0 {
		t := by.target(p.incident)
		t.deliveries = append(t.deliveries, g...)
		return nil
	}
	number, err := by.service.Store.OpenByGroup(ctx, g.GroupKey())
	switch {
	case err == nil:
		t := by.target(number)
		t.deliveries = append(t.deliveries, g...)
		return nil
	case !errors.Is(err, incident.ErrNotFound):
		return err
	case len(g.Firing()) == 0:
		by.targets = append(by.targets, &target{deliveries: g})
		return nil
	}
	t, err := by.open(ctx, g)
	if err != nil {
		return err
	}
	t.deliveries, t.joined = append(t.deliveries, g...), append(t.joined, g.GroupKey())
	return nil
}

// open finds the target for a group without an active incident: a new incident, or a storm.
func (by *targetFinder) open(ctx context.Context, g incident.Deliveries) (*target, error) {
	policy := by.service.Policy
	if policy.Storm.Groups == 0 || g[0].IsManual() {
		return by.create(ctx, false)
	}
	o, err := by.opening(ctx, policy.Correlation(incident.WorstFirst(g.Firing())[0]))
	if err != nil {
		return nil, err
	}
	if o.storm != 0 {
		return by.target(o.storm), nil
	}
	o.recent++
	t, err := by.create(ctx, o.recent > policy.Storm.Groups)
	if err == nil && t.isStorm {
		o.storm = t.number
	}
	return t, err
}

func (by *targetFinder) opening(ctx context.Context, correlation string) (*opening, error) {
	if o, ok := by.openings[correlation]; ok {
		return o, nil
	}
	recent, storm, err := by.service.Openings.Openings(ctx, correlation, by.now.Add(-by.service.Policy.Storm.Within))
	if err != nil {
		return nil, err
	}
	o := &opening{recent: recent, storm: storm}
	by.openings[correlation] = o
	return o, nil
}

func (by *targetFinder) create(ctx context.Context, isStorm bool) (*target, error) {
	number, err := by.service.Store.NextNumber(ctx)
	if err != nil {
		return nil, err
	}
	t := by.target(number)
	t.isNew, t.isStorm = true, isStorm
	return t, nil
}

func (by *targetFinder) target(number int64) *target {
	t, ok := by.byNumber[number]
	if !ok {
		t = &target{number: number}
		by.byNumber[number] = t
		by.targets = append(by.targets, t)
	}
	return t
}

// decide decides on the target's deliveries. The error is ErrConflict if the incident was resolved meanwhile.
func (s *Service) decide(ctx context.Context, directory oncall.Directory, t *target) (escalation.Change, error) {
	if t.number == 0 {
		return escalation.Change{Processed: t.deliveries.JournalIDs()}, nil
	}
	inc, pages := incident.Incident{Number: t.number, Storm: t.isStorm}, []incident.Page(nil)
	if !t.isNew {
		var err error
		if inc, err = s.Store.Incident(ctx, t.number); err != nil {
			return escalation.Change{}, err
		}
		if inc.Status == incident.Resolved {
			return escalation.Change{}, incident.ErrConflict
		}
		if pages, err = s.Queries.Pages(ctx, t.number); err != nil {
			return escalation.Change{}, err
		}
	}
	inc.Groups += len(t.joined)
	c := escalation.Observe(s.Policy, directory, inc, pages, t.deliveries, s.Now())
	if c.Incident.Number != 0 {
		c.Groups = append(c.Groups, t.joined...)
	}
	return c, nil
}
