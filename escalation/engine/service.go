package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/webhook"
	"opsbot/messages"
)

// Config is what a Service needs. QuarantineTitle, OnMessages, OnPages and OnOutcome are optional, and so is Heartbeats if
// Watchdog is off. One of Directory and Current is enough.
type Config struct {
	Journal   Journal
	Store     Store
	Openings  Openings
	Queries   Queries
	Alerts    Alerts
	Policy    escalation.Policy
	Directory oncall.Directory
	// Current gives the directory for each decision. It takes the place of Directory, which never changes.
	Current  oncall.Directories
	Now      func() time.Time
	Log      *zap.Logger
	Watchdog Watchdog
	// Heartbeats stores when the Watchdog was last received.
	Heartbeats Heartbeats
	// QuarantineTitle is the summary of the alert about quarantined deliveries.
	QuarantineTitle string
	// OnMessages is called after messages were stored, so that delivery looks at once.
	OnMessages func()
	// OnPages is called after pages were stored that a worker has to send.
	OnPages func()
	// OnOutcome is called once for each page that a provider accepted (PageDelivered) and for each that failed (PageFailed).
	OnOutcome func(via oncall.Via, state incident.PageState)
}

// Service keeps incidents going: it turns journaled deliveries into incidents, does what is due, and applies what people do.
// All methods are safe for concurrent use.
type Service struct {
	Config
	wake chan struct{}
	// receiving counts the deliveries that are being journaled.
	receiving atomic.Int32
	arrivals  arrivalClock
	// observing serialises everything that may open incidents, so that one group never gets two.
	observing sync.Mutex
	// mayAlert is set while there may be alerts about quarantined deliveries.
	mayAlert atomic.Bool
	// refused belongs to the loop that does what is due.
	refused refused
}

// New checks the policy and makes a Service; Run makes it work.
func New(c Config) (*Service, error) {
	if err := c.Policy.Validate(); err != nil {
		return nil, err
	}
	if c.Journal == nil || c.Store == nil || c.Openings == nil || c.Queries == nil || c.Alerts == nil || c.Now == nil || c.Log == nil {
		return nil, errors.New("incidents: the service lacks a part of its store, the clock or the log")
	}
	if c.OnMessages == nil {
		c.OnMessages = func() {}
	}
	if c.OnPages == nil {
		c.OnPages = func() {}
	}
	if c.OnOutcome == nil {
		c.OnOutcome = func(oncall.Via, incident.PageState) {}
	}
	s := &Service{Config: c, wake: make(chan struct{}, 1), refused: refused{}}
	s.mayAlert.Store(true)
	return s, nil
}

// idle is the longest pause of the loop: a lost wake or a second process must not stop it for long.
const idle = 30 * time.Second

// Run works until ctx ends; it does not return before. When the store fails, it tries again with growing pauses: all work is in
// the store and stays there.
func (s *Service) Run(ctx context.Context) error {
	pause := &backoff.ExponentialBackOff{InitialInterval: 100 * time.Millisecond, Multiplier: 2, MaxInterval: 10 * time.Second}
	pause.Reset()
	for {
		next, err := s.work(ctx)
		wait := idle
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			wait = pause.NextBackOff()
			s.Log.Error("incident loop failed, trying again", zap.Error(err), zap.Duration("pause", wait))
		default:
			pause.Reset()
			if !next.IsZero() {
				wait = min(idle, next.Sub(s.Now()))
			}
		}
		if err := s.sleep(ctx, wait, err != nil); err != nil {
			return err
		}
	}
}

// work does one batch of work and returns when to continue: now if the journal is not empty, otherwise at the next deadline.
// Neither a storm nor a journal that cannot be drained delays the deadlines.
func (s *Service) work(ctx context.Context) (time.Time, error) {
	s.yieldToIntake(ctx)
	more, drained := s.drain(ctx)
	if drained != nil {
		drained = fmt.Errorf("drain journal: %w", drained)
	}
	next, fired := s.fire(ctx)
	if fired != nil {
		fired = fmt.Errorf("do what is due: %w", fired)
	}
	if err := errors.Join(drained, fired, s.clearAlert(ctx)); err != nil {
		return time.Time{}, err
	}
	if more {
		return s.Now(), nil
	}
	return next, nil
}

// sleep waits for a wake, or for d. After a failure a wake does not shorten the pause.
func (s *Service) sleep(ctx context.Context, d time.Duration, failed bool) error {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	wake := s.wake
	if failed {
		wake = nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
	case <-wake:
	}
	return nil
}

// Wake makes Run look at the journal and the deadlines now.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Receive journals one webhook delivery. When it returns nil, the delivery is durable. After a *webhook.MalformedError it is
// useless to send it again, after any other error it is not.
func (s *Service) Receive(ctx context.Context, payload []byte) error {
	now := s.arrivals.at(s.Now())
	n, err := webhook.Decode(payload, now)
	if err != nil {
		return err
	}
	if n.Unread != nil {
		s.Log.Warn("alerts left out of a delivery", zap.Int("truncated", n.Truncated), zap.Error(n.Unread))
	}
	s.receiving.Add(1)
	defer s.receiving.Add(-1)
	if _, err := s.Journal.Append(ctx, now, webhook.WithoutSecrets(payload)); err != nil {
		return fmt.Errorf("journal delivery: %w", err)
	}
	s.Wake()
	return nil
}

// Act does what a person asks for and returns the new state of the incident. The error is a *escalation.Refusal when it makes
// no sense, incident.ErrNotFound when there is no such incident.
func (s *Service) Act(ctx context.Context, number int64, a escalation.Action) (incident.Incident, error) {
	a = withoutSecrets(a)
	run := s.change
	if a.Kind == escalation.Reopen {
		run = s.changeAlone // a delivery must not open the group's next incident meanwhile
	}
	inc, err := run(ctx, number, func(directory oncall.Directory, inc incident.Incident, pages []incident.Page) (escalation.Change, error) {
		if a.Kind == escalation.Reopen {
			if err := s.mustBeNewest(ctx, inc); err != nil {
				return escalation.Change{}, err
			}
		}
		return escalation.Act(s.Policy, directory, inc, pages, a, s.Now())
	})
	if err != nil {
		return incident.Incident{}, fmt.Errorf("%s %s: %w", a.Kind, incident.Label(number), err)
	}
	return inc, nil
}

// mustBeNewest refuses when the group has another active incident: its alerts can only go to one.
func (s *Service) mustBeNewest(ctx context.Context, inc incident.Incident) error {
	newer, err := s.Store.OpenByGroup(ctx, inc.GroupKey)
	switch {
	case errors.Is(err, incident.ErrNotFound), err == nil && newer == inc.Number:
		return nil
	case err != nil:
		return err
	default:
		return &escalation.Refusal{Message: messages.New("escalation.refused.newer", "incident", incident.Label(inc.Number), "newer", incident.Label(newer))}
	}
}

// PageOutcome takes in what became of a page: PageDelivered with the provider's receipt, or PageFailed with the cause.
func (s *Service) PageOutcome(ctx context.Context, pageID string, state incident.PageState, detail string) error {
	number, err := incident.PageIncident(pageID)
	if err != nil {
		return err
	}
	var news []incident.Page
	_, err = s.change(ctx, number, func(directory oncall.Directory, inc incident.Incident, pages []incident.Page) (escalation.Change, error) {
		c := escalation.Outcome(s.Policy, directory, inc, pages, pageID, state, detail, s.Now())
		news = outcomes(c, pages, state)
		return c, nil
	})
	if err != nil {
		return fmt.Errorf("outcome of page %s: %w", pageID, err)
	}
	for _, p := range news {
		s.OnOutcome(p.Via, state)
	}
	return nil
}

// outcomes are the pages for which the change records the outcome for the first time; it may be reported twice.
func outcomes(c escalation.Change, before []incident.Page, state incident.PageState) (news []incident.Page) {
	noted := func(p incident.Page) bool { return !p.ReceiptAt.IsZero() }
	if state == incident.PageFailed {
		noted = func(p incident.Page) bool { return !p.ToldAt.IsZero() }
	}
	for _, p := range c.Pages {
		i := slices.IndexFunc(before, func(b incident.Page) bool { return b.ID == p.ID })
		if i >= 0 && noted(p) && !noted(before[i]) {
			news = append(news, p)
		}
	}
	return news
}
