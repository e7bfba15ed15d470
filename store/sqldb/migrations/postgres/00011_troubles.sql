-- +goose Up
-- Of a pending message since when it is tried in vain, of one that was given up when that was; 0 for all others.
ALTER TABLE outbox ADD COLUMN trouble_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_troubles ON outbox (trouble_at) WHERE trouble_at > 0;

-- What opsbot has learnt and needs at its next start, as JSON.
CREATE TABLE notes (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
