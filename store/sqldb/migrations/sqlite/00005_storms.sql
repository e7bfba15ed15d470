-- +goose Up
-- The incident that a group's alerts go to: the newest one, or one that was reopened since. A storm has many groups.
CREATE TABLE incident_groups (
    group_key TEXT   NOT NULL PRIMARY KEY,
    incident  BIGINT NOT NULL
);
INSERT INTO incident_groups (group_key, incident)
    SELECT group_key, COALESCE(MAX(CASE WHEN status <> 'resolved' THEN number END), MAX(number)) FROM incidents GROUP BY group_key;

DROP INDEX incidents_active;
ALTER TABLE incidents DROP COLUMN group_key;
-- fed_at is when a storm had something new, 0 for any other incident.
ALTER TABLE incidents ADD COLUMN correlation TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN opened_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN fed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX incidents_correlated ON incidents (correlation, opened_at);
CREATE INDEX incidents_storms ON incidents (correlation, number) WHERE fed_at > 0 AND status <> 'resolved';
CREATE INDEX incidents_unresolved ON incidents (number) WHERE status <> 'resolved';
