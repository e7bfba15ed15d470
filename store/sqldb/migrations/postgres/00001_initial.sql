-- +goose Up
-- Times are nanoseconds since 1970 in UTC, 0 for none. Bodies are JSON; columns repeat what queries need. Text that is
-- indexed has the collation "C": it compares faster, and no upgrade of the operating system can break its index.

CREATE TABLE journal (
    id          BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at BIGINT  NOT NULL,
    payload     BYTEA   NOT NULL,
    state       INTEGER NOT NULL DEFAULT 0, -- 0 pending, 1 processed, 2 quarantined
    reason      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX journal_pending ON journal (id) WHERE state = 0;
CREATE INDEX journal_quarantined ON journal (id) WHERE state = 2;

CREATE SEQUENCE incident_numbers;

CREATE TABLE incidents (
    number      BIGINT NOT NULL PRIMARY KEY,
    version     BIGINT NOT NULL,
    status      TEXT   NOT NULL,
    due_at      BIGINT NOT NULL,
    correlation TEXT   COLLATE "C" NOT NULL DEFAULT '',
    opened_at   BIGINT NOT NULL DEFAULT 0,
    fed_at      BIGINT NOT NULL DEFAULT 0, -- when a storm had something new, 0 for any other incident
    body        TEXT   NOT NULL
);
CREATE INDEX incidents_correlated ON incidents (correlation, opened_at);
CREATE INDEX incidents_storms ON incidents (correlation, number) WHERE fed_at > 0 AND status <> 'resolved';
CREATE INDEX incidents_unresolved ON incidents (number) WHERE status <> 'resolved';
CREATE INDEX incidents_due ON incidents (due_at) WHERE due_at > 0;

-- The incident that a group's alerts go to: the newest one, or one that was reopened since. A storm has many groups.
CREATE TABLE incident_groups (
    group_key TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    incident  BIGINT NOT NULL
);

-- Which alerts fire in which incident, so that a report finds its incident whatever group it comes in.
CREATE TABLE firing_alerts (
    fingerprint TEXT   COLLATE "C" NOT NULL,
    incident    BIGINT NOT NULL,
    PRIMARY KEY (fingerprint, incident)
);

-- Signs of life of dead man's switches.
CREATE TABLE heartbeats (
    alert     TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    heard_at  BIGINT NOT NULL,
    run       BIGINT NOT NULL,          -- how often it came in a row
    missed_at BIGINT NOT NULL DEFAULT 0 -- since when its silence is an incident
);

CREATE TABLE entries (
    incident BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    body     TEXT   NOT NULL,
    PRIMARY KEY (incident, number)
);

CREATE TABLE pages (
    incident   BIGINT  NOT NULL,
    number     BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    via        TEXT    COLLATE "C" NOT NULL DEFAULT 'slack',
    address    TEXT    COLLATE "C" NOT NULL DEFAULT '',
    courier    INTEGER NOT NULL DEFAULT 0, -- 1 while a courier has to do something about it
    not_before BIGINT  NOT NULL DEFAULT 0,
    attempts   INTEGER NOT NULL DEFAULT 0,
    unsure     INTEGER NOT NULL DEFAULT 0, -- 1 from a claim until its outcome is known
    PRIMARY KEY (incident, number)
);
CREATE INDEX pages_courier ON pages (via, not_before) WHERE courier = 1;
CREATE INDEX pages_address ON pages (address, incident) WHERE address <> '';

CREATE TABLE outbox (
    id             BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key            TEXT    COLLATE "C" NOT NULL UNIQUE,
    lane           INTEGER NOT NULL,
    destination    TEXT    COLLATE "C" NOT NULL, -- the channel, of a reply the channel of its root
    reply_to       TEXT    COLLATE "C" NOT NULL,
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
    posted_channel TEXT    COLLATE "C" NOT NULL DEFAULT '',
    ts             TEXT    COLLATE "C" NOT NULL DEFAULT '',
    last_error     TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX outbox_pending ON outbox (destination, lane, queued_at, id) WHERE pending = 1;
CREATE INDEX outbox_waiting ON outbox (not_before) WHERE pending = 1 AND not_before > 0;
CREATE INDEX outbox_edits ON outbox (destination, lane, queued_at, id) WHERE pending = 1 AND ts <> '';
CREATE INDEX outbox_expiring ON outbox (not_after) WHERE pending = 1 AND not_after > 0;
CREATE INDEX outbox_posted ON outbox (ts, posted_channel) WHERE ts <> '';

CREATE TABLE calls (
    id         TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    source_id  TEXT   COLLATE "C" NOT NULL,
    state      TEXT   COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    owner      TEXT   NOT NULL DEFAULT '', -- who stored it last; one of replicas while that lives
    body       TEXT   NOT NULL
);
CREATE UNIQUE INDEX calls_source ON calls (source_id) WHERE source_id <> '';
CREATE INDEX calls_state ON calls (state, created_at);

CREATE TABLE audit (
    seq   BIGINT NOT NULL PRIMARY KEY,
    prev  TEXT   NOT NULL,
    hash  TEXT   NOT NULL,
    event BYTEA  NOT NULL
);

CREATE TABLE events (
    id      TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
CREATE INDEX events_seen ON events (seen_at);

CREATE TABLE overrides (
    number    BIGINT  NOT NULL PRIMARY KEY,
    until_at  BIGINT  NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0,
    body      TEXT    NOT NULL
);
CREATE INDEX overrides_standing ON overrides (until_at) WHERE cancelled = 0;

-- The opsbots that share the database. A beat that stands still tells that one is gone.
CREATE TABLE replicas (
    id   TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    beat BIGINT NOT NULL DEFAULT 0
);

-- Which of them leads. term grows with every change, so that who led before can tell that it does not any more.
CREATE TABLE leadership (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    term   BIGINT  NOT NULL,
    holder TEXT    NOT NULL -- '' while nobody leads
);
INSERT INTO leadership (id, term, holder) VALUES (1, 0, '');
