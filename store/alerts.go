package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"opsbot/escalation"
)

// indexAlerts keeps the index of the alerts that fire.
func (t *tx) indexAlerts(c escalation.Change) error {
	for fingerprint, isFiring := range c.Firing {
		query := `DELETE FROM firing_alerts WHERE fingerprint = ? AND incident = ?`
		if isFiring {
			query = `INSERT INTO firing_alerts (fingerprint, incident) VALUES (?, ?) ON CONFLICT DO NOTHING`
		}
		if _, err := t.Exec(query, fingerprint, c.Incident.Number); err != nil {
			return err
		}
	}
	return nil
}

// homesAtOnce is how many fingerprints one statement asks for.
const homesAtOnce = 50

// The newest incident wins. A resolved incident has no firing alerts, even if the index still lists some.
const homes = `SELECT f.fingerprint, f.incident FROM firing_alerts f JOIN incidents i ON i.number = f.incident
	WHERE i.status <> 'resolved' `

// IncidentsByFingerprint tells in which incident each of the fingerprints fires.
func (s *Store) IncidentsByFingerprint(ctx context.Context, fingerprints []string) (map[string]int64, error) {
	found := map[string]int64{}
	query := homes + `AND f.fingerprint IN (?` + strings.Repeat(`, ?`, homesAtOnce-1) + `) ORDER BY f.incident`
	for part := range slices.Chunk(fingerprints, homesAtOnce) {
		args := make([]any, homesAtOnce) // always as many, so that there is one statement; NULL equals nothing
		for i, fingerprint := range part {
			args[i] = fingerprint
		}
		if err := s.readHomes(ctx, found, query, args...); err != nil {
			return nil, wrap("find the incidents of alerts", err)
		}
	}
	return found, nil
}

// Firing is the whole index.
func (s *Store) Firing(ctx context.Context) (map[string]int64, error) {
	found := map[string]int64{}
	return found, wrap("list alerts that fire", s.readHomes(ctx, found, homes+`ORDER BY f.incident`))
}

func (s *Store) readHomes(ctx context.Context, into map[string]int64, query string, args ...any) error {
	return s.db.Reads.Each(ctx, query, args, func(rows *sql.Rows) error {
		var (
			fingerprint string
			incident    int64
		)
		err := rows.Scan(&fingerprint, &incident)
		into[fingerprint] = incident
		return err
	})
}
