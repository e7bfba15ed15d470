-- +goose Up
-- What /security remembers of a namespace: since when each finding is there, and the exceptions.
CREATE TABLE security_records (
    cluster   TEXT NOT NULL,
    namespace TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (cluster, namespace)
);
