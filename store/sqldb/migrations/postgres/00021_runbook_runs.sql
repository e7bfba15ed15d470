-- +goose Up
-- Guided runs. plan is the call that began it: one that is resumed begins nothing twice. One at a time is open in a namespace.
CREATE TABLE runbook_runs (
    number    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan      TEXT   NOT NULL UNIQUE,
    cluster   TEXT   NOT NULL,
    namespace TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    body      TEXT   NOT NULL
);
CREATE UNIQUE INDEX runbook_runs_open ON runbook_runs (cluster, namespace) WHERE state = 'open';
CREATE INDEX runbook_runs_unfinished ON runbook_runs (number) WHERE state <> 'over';
