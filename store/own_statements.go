package store

// ownStatements are those that each kind of database wants in its own words. All others are the same for both.
type ownStatements struct {
	// due is the query behind Outbox.Due.
	due string
	// lockAudit keeps others from appending to the audit record until the transaction ends; "" where there is one writer only.
	lockAudit string
	// nextNumber gives out the number of an incident; "" where the process counts.
	nextNumber string
}

func sqliteStatements() ownStatements { return ownStatements{due: dueSQLite} }

// postgresStatements: the key of the advisory lock is the letters "opsb" and the number 1, for the audit record.
func postgresStatements() ownStatements {
	return ownStatements{
		due: duePostgres, lockAudit: `SELECT pg_advisory_xact_lock(1869640546, 1)`, nextNumber: `SELECT nextval('incident_numbers')`,
	}
}

// The queries behind Outbox.Due step through the destinations by the index outbox_pending and take the first few of
// each: their time does not grow with the backlog. SQLite finds the rows by a list of ids, which PostgreSQL would compare with
// every row; PostgreSQL joins them laterally, which SQLite cannot.
const (
	dueSQLite = dueDestinations + dueColumns + `
FROM destinations CROSS JOIN outbox o LEFT JOIN outbox r ON r.key = o.reply_to
WHERE o.id IN (` + dueOfDestination + `)
ORDER BY o.lane, o.queued_at, o.id LIMIT ?`

	duePostgres = dueDestinations + dueColumns + `
FROM destinations CROSS JOIN LATERAL (` + dueOfDestination + `) AS few
	JOIN outbox o ON o.id = few.id LEFT JOIN outbox r ON r.key = o.reply_to
ORDER BY o.lane, o.queued_at, o.id LIMIT ?`

	dueDestinations = `
WITH RECURSIVE destinations (name) AS (
	SELECT MIN(destination) FROM outbox WHERE pending = 1
	UNION ALL
	SELECT (SELECT MIN(destination) FROM outbox WHERE pending = 1 AND destination > name) FROM destinations WHERE name IS NOT NULL)
`
	dueColumns = `SELECT o.id, o.body, o.version, o.sent_version, o.posted_channel, o.ts, COALESCE(r.posted_channel, ''), COALESCE(r.ts, ''),
	o.in_flight, o.attempts, o.created_at, o.last_error, o.elsewhere`

	dueOfDestination = `SELECT id FROM (` + duePending + ` AND p.ts = '' ORDER BY p.lane, p.queued_at, p.id LIMIT ?) AS posts
	UNION ALL
	SELECT id FROM (` + duePending + ` AND p.ts <> '' ORDER BY p.lane, p.queued_at, p.id LIMIT ?) AS edits`

	// duePending leaves out expired messages, except those that may already be in Slack: that has to be checked.
	duePending = `SELECT p.id FROM outbox p LEFT JOIN outbox q ON q.key = p.reply_to
	WHERE p.pending = 1 AND p.destination = destinations.name AND p.not_before <= ?
		AND (p.not_after = 0 OR p.not_after > ? OR p.in_flight = 1) AND (p.reply_to = '' OR q.ts <> '')`
)
