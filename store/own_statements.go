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
