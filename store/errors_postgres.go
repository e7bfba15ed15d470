package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"opsbot/escalation/incident"
)

// What can be wrong with a PostgreSQL server, with the next step for the operator. Errors of the package wrap them.
var (
	ErrAway        = errors.New("the database server cannot be reached; check host and port in storage.url, and that PostgreSQL runs")
	ErrDenied      = errors.New("the database server refuses the user; check user and password in storage.url, and pg_hba.conf")
	ErrNoDatabase  = errors.New("the server has no such database; create it (createdb --owner=USER NAME)")
	ErrNotAllowed  = errors.New("the database user lacks a right; make it the owner of the database, or grant it CREATE and USAGE on the schema")
	ErrTooOld      = errors.New("the database server is too old; opsbot needs PostgreSQL 13 or newer")
	ErrStandby     = errors.New("the database server takes no writes, it is a standby or read-only; name the primary, or all servers with target_session_attrs=read-write")
	ErrConnections = errors.New("the database server takes no more connections; raise max_connections, opsbot needs up to 20 for each replica")
	// ErrSuperseded is for whoever led until another opsbot took over.
	ErrSuperseded = errors.New("another opsbot has taken over")
)

func classifyPostgres(err error) error {
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
		return classifyState(failure.Code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok || isLost(err) {
		return ErrAway
	}
	return nil
}

// classifyState goes by the code of the SQL standard and PostgreSQL's own (appendix A of its manual).
func classifyState(code string) error {
	switch code {
	case "28000", "28P01":
		return ErrDenied
	case "3D000":
		return ErrNoDatabase
	case "42P01":
		return ErrNoTable
	case "42501":
		return ErrNotAllowed
	case "25006":
		return ErrStandby
	case "53100":
		return ErrDiskFull
	case "53300":
		return ErrConnections
	case "57P01", "57P02", "57P03": // it stops, it crashed, it starts
		return ErrAway
	}
	switch code[:min(2, len(code))] {
	case "08":
		return ErrAway
	case "22", "54": // data that no column takes, or too much of it
		return incident.ErrRefused
	default:
		return nil
	}
}

// isLost tells a connection that broke while it was used.
func isLost(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false // whoever asked has gone, not the server
	}
	_, network := errors.AsType[net.Error](err)
	return network || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed)
}
