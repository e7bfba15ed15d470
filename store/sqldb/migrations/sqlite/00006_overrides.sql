-- +goose Up
CREATE TABLE overrides (
    number    BIGINT NOT NULL PRIMARY KEY,
    until_at  BIGINT NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0,
    body      TEXT   NOT NULL
);
CREATE INDEX overrides_standing ON overrides (until_at) WHERE cancelled = 0;
