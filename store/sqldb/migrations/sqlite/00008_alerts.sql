-- +goose Up
-- Which alerts fire in which incident, so that a report finds its incident whatever group it comes in.
CREATE TABLE firing_alerts (
    fingerprint TEXT   NOT NULL,
    incident    BIGINT NOT NULL,
    PRIMARY KEY (fingerprint, incident)
);

INSERT INTO firing_alerts (fingerprint, incident)
SELECT a.key, i.number
FROM incidents i, json_each(i.body, '$.alerts') a
WHERE i.status <> 'resolved'
  AND json_extract(a.value, '$.firing')
  AND NOT coalesce(json_extract(a.value, '$.manual'), 0);

-- A group's key is its labels now. Until now it was Alertmanager's key, which begins with the path of the route:
-- {}/{team="db"}:{alertname="X"}. Groups without labels keep it. Of several routes' groups with the same labels the newest
-- incident's is kept.
CREATE TABLE renamed_groups AS
SELECT substr(group_key, instr(group_key, '}:{') + 2) AS group_key, MAX(incident) AS incident
FROM incident_groups
WHERE group_key LIKE '{%}:{%}' AND group_key NOT LIKE '%}:{}'
GROUP BY 1;
DELETE FROM incident_groups WHERE group_key LIKE '{%}:{%}' AND group_key NOT LIKE '%}:{}';
INSERT INTO incident_groups (group_key, incident) SELECT group_key, incident FROM renamed_groups;
DROP TABLE renamed_groups;
UPDATE incidents
SET body = json_set(body, '$.group_key', substr(json_extract(body, '$.group_key'), instr(json_extract(body, '$.group_key'), '}:{') + 2))
WHERE json_extract(body, '$.group_key') LIKE '{%}:{%}' AND json_extract(body, '$.group_key') NOT LIKE '%}:{}';

-- Signs of life of dead man's switches.
CREATE TABLE heartbeats (
    alert     TEXT   NOT NULL PRIMARY KEY,
    heard_at  BIGINT NOT NULL,
    run       BIGINT NOT NULL,          -- how often it came in a row
    missed_at BIGINT NOT NULL DEFAULT 0 -- since when its silence is an incident
);
