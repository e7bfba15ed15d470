// Package store keeps everything that opsbot must not forget behind the interfaces that its users declare: the journal
// of webhook deliveries, incidents, the outbox, calls with their audit record, and the events that were seen.
//
// All writes go through one goroutine that commits many of them together (group commit): a write returns when its
// transaction is on the disk. Reads have connections of their own and never wait for writes.
//
// The embedded database is SQLite. What is particular to it is in the sqlite*.go files and in migrations/sqlite.
package store
