-- +goose Up
-- Calls planned for later. plan is the call that planned it: one that is resumed plans nothing twice.
CREATE TABLE schedules (
    number BIGINT NOT NULL PRIMARY KEY,
    plan   TEXT   NOT NULL UNIQUE,
    state  TEXT   NOT NULL,
    due_at BIGINT NOT NULL,
    body   TEXT   NOT NULL
);
CREATE INDEX schedules_due ON schedules (due_at) WHERE state = 'active';
