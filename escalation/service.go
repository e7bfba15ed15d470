package escalation

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Config is what a Service needs. Everything is required but OnMessages.
type Config struct {
	Journal   Journal
	Store     Store
	Queries   Queries
	Policy    Policy
	Directory Directory
	Now       func() time.Time
	Log       *zap.Logger
	// OnMessages is called after messages were stored, so that delivery need not wait for its next look.
	OnMessages func()
}

// Service keeps incidents going: it turns journaled deliveries into incidents, does what is due, and applies what
// people do. All methods are safe for concurrent use.
type Service struct {
	Config
	wake chan struct{}
	// receiving counts the deliveries that are being journaled.
	receiving atomic.Int32
	// observing serialises what may open incidents, so that one group never gets two.
	observing sync.Mutex
}

// NewService checks the policy and makes a Service; Run makes it work.
func NewService(c Config) (*Service, error) {
	if err := c.Policy.validate(); err != nil {
		return nil, err
	}
	if c.OnMessages == nil {
		c.OnMessages = func() {}
	}
	return &Service{Config: c, wake: make(chan struct{}, 1)}, nil
}

// idle is the longest the loop sleeps: a wake that got lost, or a second process, must not stop it for long.
const idle = 30 * time.Second

// Run works until ctx ends, which is the only way it returns. A store that fails is tried again, with growing pauses:
// everything that is to do is in the store and stays there.
func (s *Service) Run(ctx context.Context) error {
	pause := newBackoff()
	for {
		next, err := s.work(ctx)
		wait := idle
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			wait = pause.next()
			s.Log.Error("incident loop failed, trying again", zap.Error(err), zap.Duration("pause", wait))
		default:
			pause = newBackoff()
			if !next.IsZero() {
				wait = min(idle, next.Sub(s.Now()))
			}
		}
		if err := s.sleep(ctx, wait, err != nil); err != nil {
			return err
		}
	}
}

// work does a batch of what there is to do and returns when there is more: the next deadline, now when the journal
// is not empty yet. A storm does not hold up the deadlines.
func (s *Service) work(ctx context.Context) (time.Time, error) {
	s.yieldToIntake()
	more, err := s.drain(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("drain journal: %w", err)
	}
	next, err := s.fire(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("do what is due: %w", err)
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

// Receive journals one webhook delivery: when it returns nil, the delivery is durable. A *MalformedError means that
// sending it again is of no use; any other error that it is.
func (s *Service) Receive(ctx context.Context, payload []byte) error {
	now := s.Now()
	if _, err := Decode(payload, now); err != nil {
		return err
	}
	s.receiving.Add(1)
	defer s.receiving.Add(-1)
	if _, err := s.Journal.Append(ctx, now, payload); err != nil {
		return fmt.Errorf("journal delivery: %w", err)
	}
	s.Wake()
	return nil
}

// attempts bounds the retries after ErrConflict: each means that somebody else got on, so more are not needed.
const attempts = 10

// Act does what a person asks for and returns the incident as it then is. The error is a *Refusal when it makes no
// sense, ErrNotFound when there is no such incident.
func (s *Service) Act(ctx context.Context, number int64, a Action) (Incident, error) {
	inc, err := s.change(ctx, number, func(inc Incident, pages []Page) (Change, error) {
		return Act(s.Policy, s.Directory, inc, pages, a, s.Now())
	})
	if err != nil {
		return Incident{}, fmt.Errorf("%s %s: %w", a.Kind, Label(number), err)
	}
	return inc, nil
}

// PageOutcome takes in what became of a page: PageDelivered, or PageFailed with the cause.
func (s *Service) PageOutcome(ctx context.Context, pageID string, state PageState, cause string) error {
	number, err := PageIncident(pageID)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, number, func(inc Incident, pages []Page) (Change, error) {
		return Outcome(s.Policy, s.Directory, inc, pages, pageID, state, cause, s.Now()), nil
	})
	if err != nil {
		return fmt.Errorf("outcome of page %s: %w", pageID, err)
	}
	return nil
}

// change reads, decides and applies, again while somebody else is faster.
func (s *Service) change(ctx context.Context, number int64, decide func(Incident, []Page) (Change, error)) (Incident, error) {
	var err error
	for range attempts {
		var c Change
		var inc Incident
		if inc, err = s.Store.Incident(ctx, number); err != nil {
			return Incident{}, err
		}
		pages, err2 := s.Queries.Pages(ctx, number)
		if err2 != nil {
			return Incident{}, err2
		}
		if c, err = decide(inc, pages); err != nil {
			return Incident{}, err
		}
		if c.Empty() {
			return inc, nil
		}
		if err = s.apply(ctx, c); err == nil {
			s.Wake()
			c.Incident.Version++
			return c.Incident, nil
		}
		if !errors.Is(err, ErrConflict) {
			return Incident{}, err
		}
	}
	return Incident{}, err
}

func (s *Service) apply(ctx context.Context, changes ...Change) error {
	if err := s.Store.Apply(ctx, changes...); err != nil {
		return err
	}
	for _, c := range changes {
		if len(c.Messages) > 0 || len(c.CancelMessages) > 0 {
			s.OnMessages()
			break
		}
	}
	return nil
}
