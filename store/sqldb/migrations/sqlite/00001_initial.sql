-- +goose Up
-- Times are nanoseconds since 1970 in UTC, 0 for none. Bodies are JSON; columns repeat what queries need.

CREATE TABLE journal (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at BIGINT  NOT NULL,
    payload     BLOB    NOT NULL,
    state       INTEGER NOT NULL DEFAULT 0, -- 0 pending, 1 processed, 2 quarantined
    reason      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX journal_pending ON journal (id) WHERE state = 0;
CREATE INDEX journal_quarantined ON journal (id) WHERE state = 2;

CREATE TABLE incidents (
    number    BIGINT NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL,
    group_key TEXT   NOT NULL,
    status    TEXT   NOT NULL,
    due_at    BIGINT NOT NULL,
    body      TEXT   NOT NULL
);
CREATE INDEX incidents_active ON incidents (group_key, number) WHERE status <> 'resolved';
CREATE INDEX incidents_due ON incidents (due_at) WHERE due_at > 0;

CREATE TABLE entries (
    incident BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    body     TEXT   NOT NULL,
    PRIMARY KEY (incident, number)
);

CREATE TABLE pages (
    incident BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    body     TEXT   NOT NULL,
    PRIMARY KEY (incident, number)
);

CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    key            TEXT    NOT NULL UNIQUE,
    lane           INTEGER NOT NULL,
    destination    TEXT    NOT NULL, -- the channel, of a reply the channel of its root
    reply_to       TEXT    NOT NULL,
    not_after      BIGINT  NOT NULL,
    body           TEXT    NOT NULL,
    version        BIGINT  NOT NULL,
    sent_version   BIGINT  NOT NULL DEFAULT 0,
    failed_version BIGINT  NOT NULL DEFAULT 0,
    pending        INTEGER NOT NULL, -- 1 while version is neither sent, failed nor cancelled
    cancelled      INTEGER NOT NULL DEFAULT 0,
    in_flight      INTEGER NOT NULL DEFAULT 0,
    attempts       INTEGER NOT NULL DEFAULT 0,
    not_before     BIGINT  NOT NULL DEFAULT 0,
    queued_at      BIGINT  NOT NULL,
    created_at     BIGINT  NOT NULL,
    posted_channel TEXT    NOT NULL DEFAULT '',
    ts             TEXT    NOT NULL DEFAULT '',
    last_error     TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX outbox_pending ON outbox (destination, lane, queued_at, id) WHERE pending = 1;
CREATE INDEX outbox_waiting ON outbox (not_before) WHERE pending = 1 AND not_before > 0;
CREATE INDEX outbox_edits ON outbox (destination, lane, queued_at, id) WHERE pending = 1 AND ts <> '';
CREATE INDEX outbox_expiring ON outbox (not_after) WHERE pending = 1 AND not_after > 0;

CREATE INDEX outbox_posted ON outbox (ts, posted_channel) WHERE ts <> '';

CREATE TABLE calls (
    id         TEXT   NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    source_id  TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);
CREATE UNIQUE INDEX calls_source ON calls (source_id) WHERE source_id <> '';
CREATE INDEX calls_state ON calls (state, created_at);

CREATE TABLE audit (
    seq   BIGINT NOT NULL PRIMARY KEY,
    prev  TEXT   NOT NULL,
    hash  TEXT   NOT NULL,
    event BLOB   NOT NULL
);

CREATE TABLE events (
    id      TEXT   NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
CREATE INDEX events_seen ON events (seen_at);
