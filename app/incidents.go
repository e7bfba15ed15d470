package app

import (
	"context"
	"strconv"
	"strings"

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

// ByThread knows a thread by its root: the message whose key is an incident's header.
func (s incidentSource) ByThread(ctx context.Context, channel, threadTS string) (int64, bool, error) {
	key, ok, err := s.store.MessageKey(ctx, channel, threadTS)
	if err != nil || !ok {
		return 0, false, err
	}
	rest, isIncident := strings.CutPrefix(key, "incident/")
	digits, isHeader := strings.CutSuffix(rest, "/header")
	if !isIncident || !isHeader {
		return 0, false, nil
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	return number, err == nil, nil
}

func (s incidentSource) HasThreads(ctx context.Context, channel string) (bool, error) {
	return s.store.HasHeaders(ctx, channel)
}
