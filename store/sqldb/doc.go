// Package sqldb opens opsbot's database, brings its schema up to date and runs statements on it. It knows of no table.
//
// A write returns when its transaction is on the disk. Reads have connections of their own and never wait for writes.
//
// The embedded database is SQLite: one process has the file, and one goroutine commits many writes together (group_writer.go).
// PostgreSQL is for several opsbots that share one database; there each write has a transaction of its own (pool_writer.go).
// The statements are the same for both, with ? for arguments; what differs is in dialect.go and in the migrations.
package sqldb
