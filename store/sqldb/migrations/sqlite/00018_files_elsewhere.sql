-- +goose Up
-- What became of the files of a message that its channel did not take, as JSON; '' where it took all.
ALTER TABLE outbox ADD COLUMN elsewhere TEXT NOT NULL DEFAULT '';
