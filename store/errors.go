package store

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"opsbot/escalation/incident"
)

// What can be wrong with a database, with the next step for the operator. Errors of the package wrap them.
var (
	ErrInUse     = errors.New("the database is in use by another opsbot; stop that one, or give this one its own storage.url (several opsbots cannot share an SQLite file)")
	ErrLocked    = errors.New("the database is locked by another program; close it (a sqlite3 shell, a backup) and try again")
	ErrReadOnly  = errors.New("the database cannot be written; check the permissions of the file and of its directory")
	ErrDiskFull  = errors.New("the disk is full; free some space, nothing that was acknowledged is lost")
	ErrCorrupt   = errors.New("the file is damaged or not a database; restore it from a backup, or move it away to start afresh")
	ErrCannotUse = errors.New("the database file cannot be opened; check that its directory exists and that opsbot may write there")
	ErrNewer     = errors.New("the database was written by a newer opsbot; run that version, or restore the backup from before the upgrade")
	ErrInput     = errors.New("reading or writing the disk failed; check the disk")
	ErrNoTable   = errors.New("the database has no tables of this opsbot's yet; opsbot serve makes them when it starts")
	ErrClosed    = errors.New("the store is closed")
)

// wrap says what was tried, and names the trouble in err where it is a known one.
func wrap(action string, err error) error {
	if err == nil {
		return nil
	}
	if known := classify(err); known != nil && !errors.Is(err, known) {
		return fmt.Errorf("%s: %w: %w", action, known, err)
	}
	return fmt.Errorf("%s: %w", action, err)
}

func classify(err error) error {
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		return classifySQLite(failure)
	}
	return classifyPostgres(err)
}

func classifySQLite(failure *sqlite.Error) error {
	if strings.Contains(failure.Error(), "no such table") { // SQLite has no code for it
		return ErrNoTable
	}
	switch failure.Code() & 0xff { // the primary code; the rest says which lock, which I/O call
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrLocked
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return ErrReadOnly
	case sqlite3.SQLITE_FULL:
		return ErrDiskFull
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrCorrupt
	case sqlite3.SQLITE_CANTOPEN:
		return ErrCannotUse
	case sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH:
		return incident.ErrRefused
	case sqlite3.SQLITE_IOERR:
		return ErrInput
	default:
		return nil
	}
}
