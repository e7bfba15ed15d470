-- +goose Up
-- Who works on a call: whoever stored it last. What those leave unfinished who are not in replicas any more is nobody's.
ALTER TABLE calls ADD COLUMN owner TEXT NOT NULL DEFAULT '';

CREATE TABLE replicas (
    id   TEXT   NOT NULL PRIMARY KEY,
    beat BIGINT NOT NULL DEFAULT 0
);
