package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"opsbot/bot/events"
	"opsbot/escalation/engine"
	"opsbot/escalation/webhook"
)

// intake takes deliveries in from the first moment on: into the journal alone while opsbot is still starting, through
// the service, which also wakes it, afterwards.
type intake struct {
	journal engine.Journal
	now     func() time.Time
	service atomic.Pointer[engine.Service]
}

func (i *intake) set(s *engine.Service) {
	i.service.Store(s)
	s.Wake() // for what was journaled before
}

// Receive implements handlers.Receiver.
func (i *intake) Receive(ctx context.Context, payload []byte) error {
	if s := i.service.Load(); s != nil {
		return s.Receive(ctx, payload)
	}
	now := i.now()
	if _, err := webhook.Decode(payload, now); err != nil {
		return err
	}
	if _, err := i.journal.Append(ctx, now, webhook.WithoutSecrets(payload)); err != nil {
		return fmt.Errorf("journal delivery: %w", err)
	}
	return nil
}

// slackState tells how many Socket Mode connections there are, also before there is a listener.
type slackState struct {
	listener atomic.Pointer[events.Listener]
}

func (s *slackState) set(l *events.Listener) { s.listener.Store(l) }

func (s *slackState) connected() int {
	if l := s.listener.Load(); l != nil {
		return l.Connected()
	}
	return 0
}
