// Package store keeps everything that opsbot must not forget behind the interfaces that its users declare: the journal
// of webhook deliveries, incidents, the outbox, calls with their audit record, and the events that were seen. A file is
// one table, or one thing that is done with it.
//
// The database itself is in sqldb; which of several opsbots leads is decided in leadership.
package store
