-- +goose Up
-- Who wants a running call to stop (Slack user id), '' while nobody does.
ALTER TABLE calls ADD COLUMN stop_by TEXT NOT NULL DEFAULT '';
