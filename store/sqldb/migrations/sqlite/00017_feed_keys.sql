-- +goose Up
-- The keys of people to the calendars of who is on call. hash is the SHA-256 of the token, which is kept nowhere.
CREATE TABLE feed_keys (
    slack_user TEXT   NOT NULL PRIMARY KEY,
    id         TEXT   NOT NULL UNIQUE,
    hash       TEXT   NOT NULL,
    issued_at  BIGINT NOT NULL
);
