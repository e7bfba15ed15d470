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
	// Pending returns unprocessed deliveries, oldest first: at most limit, and at most about 32 MB, but at least one if there is
	// any.
	Pending(ctx context.Context, limit int) ([]JournalEntry, error)
	// Quarantine keeps a delivery that cannot be understood or stored apart, with the reason, so that it blocks nothing and is
	// not lost.
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

// Openings reads what storms are recognised by.
type Openings interface {
	// Openings returns how many incidents of a correlation opened after since, and the newest active storm of it that got new
	// alerts after since; 0 if there is none.
	Openings(ctx context.Context, correlation string, since time.Time) (opened int, storm int64, err error)
}

// Alerts is the index of Alertmanager's alerts that fire in active incidents, by fingerprint. Apply maintains it
// (Change.Firing).
type Alerts interface {
	// IncidentsByFingerprint returns the incident in which each fingerprint fires, without those that fire in none.
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
