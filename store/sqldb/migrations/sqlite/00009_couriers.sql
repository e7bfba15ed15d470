-- +goose Up
-- What the couriers need of the page ledger: which rows they have to send, and how far they are with each.

ALTER TABLE pages ADD COLUMN via TEXT NOT NULL DEFAULT 'slack';
ALTER TABLE pages ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE pages ADD COLUMN courier INTEGER NOT NULL DEFAULT 0; -- 1 while a courier has to do something about it
ALTER TABLE pages ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0; -- 1 from a claim until its outcome is known
CREATE INDEX pages_courier ON pages (via, not_before) WHERE courier = 1;
CREATE INDEX pages_address ON pages (address, incident) WHERE address <> '';
