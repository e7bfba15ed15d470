package engine

import (
	"context"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
)

// Journal keeps webhook deliveries before they are acknowledged.
type Journal interface {
	// Append returns once payload is durable (fsync); concurrent calls share one commit.
	Append(ctx context.Context, receivedAt time.Time, payload []byte) (id int64, err error)
	// Pending returns unprocessed deliveries, oldest first: at most limit, and no more than about 32 MB of them, but always
	// one if there is one.
	Pending(ctx context.Context, limit int) ([]JournalEntry, error)
	// Quarantine sets a delivery aside that cannot be understood or stored, with the reason, so that it blocks nothing and is not lost.
	Quarantine(ctx context.Context, id int64, reason string) error
}

// JournalEntry is one journaled delivery.
type JournalEntry struct {
	ID         int64
	ReceivedAt time.Time
	Payload    []byte
}

// Store keeps incidents.
type Store interface {
	// Apply stores the changes, in order, in one transaction. A Change with Incident.Version 0 creates the incident and
	// must carry the number given by NextNumber. ErrConflict when Version is not the stored one.
	Apply(ctx context.Context, changes ...escalation.Change) error
	NextNumber(ctx context.Context) (int64, error)
	// OpenByGroup returns the incident that the group's alerts go to, if that is not yet resolved; ErrNotFound otherwise.
	OpenByGroup(ctx context.Context, groupKey string) (number int64, err error)
	Incident(ctx context.Context, number int64) (incident.Incident, error)
}

// Openings is what a storm is recognised by.
type Openings interface {
	// Openings tells how many incidents of a correlation opened after since, and the newest of its storms that is not resolved
	// and had something new after since; 0 if there is none.
	Openings(ctx context.Context, correlation string, since time.Time) (opened int, storm int64, err error)
}

// Alerts is the index of the alerts that fire in incidents which are not resolved, by fingerprint, of those that
// Alertmanager knows. Apply keeps it (Change.Firing).
type Alerts interface {
	// IncidentsByFingerprint tells in which incident each of the fingerprints fires; those that fire in none are left out.
	IncidentsByFingerprint(ctx context.Context, fingerprints []string) (map[string]int64, error)
	// Firing is the whole index.
	Firing(ctx context.Context) (map[string]int64, error)
}

// Queries are the reads for people and loops.
type Queries interface {
	// Due returns incidents whose DueAt is not after now, oldest first, and when the next one after that is due (zero: none).
	Due(ctx context.Context, now time.Time, limit int) (due []incident.Incident, next time.Time, err error)
	// Incidents lists the newest first; activeOnly leaves out the resolved ones.
	Incidents(ctx context.Context, activeOnly bool, limit int) ([]incident.Incident, error)
	Entries(ctx context.Context, number int64) ([]incident.Entry, error)
	Pages(ctx context.Context, number int64) ([]incident.Page, error)
}
