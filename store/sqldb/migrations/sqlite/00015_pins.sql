-- +goose Up
-- The Slack user that an e-mail address belonged to when it was first seen.
CREATE TABLE identity_pins (
    email      TEXT   NOT NULL PRIMARY KEY,
    slack_user TEXT   NOT NULL,
    pinned_at  BIGINT NOT NULL
);
