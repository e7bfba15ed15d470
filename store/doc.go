// Package store keeps everything that opsbot must not forget behind the interfaces that its users declare: the journal
// of webhook deliveries, incidents, the outbox, calls with their audit record, and the events that were seen.
//
// A write returns when its transaction is on the disk. Reads have connections of their own and never wait for writes.
//
// The embedded database is SQLite: one process has the file, and one goroutine commits many writes together (group_writer.go).
// PostgreSQL is for several opsbots that share one database; one of them leads (leadership.go). The statements are the
// same for both; what is not is in dialect.go, due.go, and the migrations.
package store
