package app

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/store"
)

// incidentSource is the escalation service with the store's reads.
type incidentSource struct {
	*engine.Service
	store *store.Store
}

func (s incidentSource) Incident(ctx context.Context, number int64) (incident.Incident, error) {
	return s.store.Incident(ctx, number)
}

func (s incidentSource) Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error) {
	return s.store.Incidents(ctx, activeOnly, limit)
}

func (s incidentSource) WithFollowUps(ctx context.Context, limit int) ([]incident.Incident, error) {
	return s.store.WithFollowUps(ctx, limit)
}

// ByThread knows a thread by its root: the message whose key is an incident's header. One that is archived is not found.
func (s incidentSource) ByThread(ctx context.Context, channel, threadTS string) (incident.Incident, bool, error) {
	var number int64
	isHeader := false
	err := s.oncePosted(ctx, func() (_ bool, err error) {
		number, isHeader, err = s.headerAt(ctx, channel, threadTS)
		return isHeader, err
	})
	if err != nil || !isHeader {
		return incident.Incident{}, false, err
	}
	inc, err := s.store.Incident(ctx, number)
	if errors.Is(err, incident.ErrNotFound) {
		return incident.Incident{}, false, nil
	}
	return inc, err == nil, err
}

func (s incidentSource) headerAt(ctx context.Context, channel, ts string) (int64, bool, error) {
	key, ok, err := s.store.MessageKey(ctx, channel, ts)
	if err != nil || !ok {
		return 0, false, err
	}
	rest, isIncident := strings.CutPrefix(key, "incident/")
	digits, isHeader := strings.CutSuffix(rest, "/header")
	if !isIncident || !isHeader {
		return 0, false, nil
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	return number, err == nil, err
}

func (s incidentSource) HasThreads(ctx context.Context, channel string) (here bool, err error) {
	err = s.oncePosted(ctx, func() (bool, error) {
		here, err = s.store.HasHeaders(ctx, channel)
		return here, err
	})
	return here, err
}

const (
	// postingLimit is how long a header that is being posted is waited for: people react to what they see the moment Slack
	// shows it, which is before Slack's answer, and so the message's timestamp, is stored.
	postingLimit = 5 * time.Second
	postingPoll  = 20 * time.Millisecond
)

// oncePosted looks for something about a header, again while headers are on their way and it is not found.
func (s incidentSource) oncePosted(ctx context.Context, find func() (found bool, err error)) error {
	_, err := backoff.Retry(ctx, func() (bool, error) {
		// Asked before it is looked for: a header that arrives in between is found.
		posting, err := s.store.HeadersInFlight(ctx)
		if err != nil {
			return false, backoff.Permanent(err)
		}
		found, err := find()
		if err != nil {
			return false, backoff.Permanent(err)
		}
		if !found && posting {
			return false, errPosting
		}
		return true, nil
	}, backoff.WithBackOff(backoff.NewConstantBackOff(postingPoll)), backoff.WithMaxElapsedTime(postingLimit))
	if errors.Is(err, errPosting) { // a header that does not arrive is as good as none
		return nil
	}
	return err
}

var errPosting = errors.New("a header is being posted")
