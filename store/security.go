package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"opsbot/k8sops/security"
)

const readSecurity = `SELECT body FROM security_records WHERE cluster = ? AND namespace = ?`

// SecurityRecord implements security.Memory.
func (s *Store) SecurityRecord(ctx context.Context, cluster, namespace string) (security.Record, error) {
	list, err := listBodies[security.Record](ctx, s, readSecurity, cluster, namespace)
	if err != nil || len(list) == 0 {
		return security.Record{}, wrap("read security record of "+namespace, err)
	}
	return list[0], nil
}

// UpdateSecurityRecord implements security.Memory.
func (s *Store) UpdateSecurityRecord(ctx context.Context, cluster, namespace string, change func(*security.Record) error) error {
	return s.write(ctx, "keep security record of "+namespace, func(t *tx) error {
		if err := t.holdAudit(); err != nil { // two replicas must not overwrite what the other has kept
			return err
		}
		var record security.Record
		var body string
		err := t.Row(readSecurity, []any{cluster, namespace}, &body)
		if err == nil {
			err = json.Unmarshal([]byte(body), &record)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := change(&record); err != nil {
			return err
		}
		data, err := json.Marshal(record)
		if err != nil {
			return err
		}
		_, err = t.Exec(`INSERT INTO security_records (cluster, namespace, body) VALUES (?, ?, ?) ON CONFLICT (cluster, namespace) DO UPDATE SET body = excluded.body`,
			cluster, namespace, string(data))
		return err
	})
}
