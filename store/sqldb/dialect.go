package sqldb

import (
	"database/sql/driver"
	"embed"
	"strconv"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*/*.sql
var migrationFiles embed.FS

// dialect is what a kind of database wants said in its own way. All other statements are the same for all of them.
type dialect struct {
	goose      goose.Dialect
	migrations string // their directory
	// forUpdate ends a SELECT whose row nobody else may change until the transaction ends; "" where there is one writer only.
	forUpdate string
	// rewrite turns a statement with ? into what the driver understands; nil where it is that.
	rewrite func(query string) string
	// value turns an argument into what the columns take; nil where the driver does.
	value func(v any) (any, error)
	// driverPrepares is set where the driver keeps prepared statements itself.
	driverPrepares bool
}

func sqliteDialect() *dialect {
	return &dialect{goose: goose.DialectSQLite3, migrations: "migrations/sqlite"}
}

func postgresDialect() *dialect {
	return &dialect{
		goose: goose.DialectPostgres, migrations: "migrations/postgres", forUpdate: " FOR UPDATE",
		rewrite: numberArguments(), value: postgresValue, driverPrepares: true,
	}
}

// text is the query as the driver wants it.
func (d *dialect) text(query string) string {
	if d.rewrite == nil {
		return query
	}
	return d.rewrite(query)
}

// values are the arguments as the columns want them.
func (d *dialect) values(args []any) ([]any, error) {
	if d.value == nil {
		return args, nil
	}
	values := make([]any, len(args))
	for i, arg := range args {
		var err error
		if values[i], err = d.value(arg); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// numberArguments replaces each ? by $1, $2 and so on. No statement of ours has a ? in a literal.
func numberArguments() func(string) string {
	var known sync.Map
	return func(query string) string {
		if text, ok := known.Load(query); ok {
			return text.(string)
		}
		var b strings.Builder
		for i, part := range strings.Split(query, "?") {
			if i > 0 {
				b.WriteString("$" + strconv.Itoa(i))
			}
			b.WriteString(part)
		}
		known.Store(query, b.String())
		return b.String()
	}
}

// postgresValue makes numbers of booleans, which the columns are for SQLite's sake, and valid text of strings: labels come
// from outside, and PostgreSQL refuses text with zero bytes or broken UTF-8.
func postgresValue(v any) (any, error) {
	plain, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		return nil, err
	}
	switch plain := plain.(type) {
	case bool:
		if plain {
			return int64(1), nil
		}
		return int64(0), nil
	case string:
		return strings.ToValidUTF8(strings.ReplaceAll(plain, "\x00", "\uFFFD"), "\uFFFD"), nil
	default:
		return plain, nil
	}
}
