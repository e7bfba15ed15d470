// Package audit is the audit record: events of what people did through opsbot, each chained to the one before it.
package audit
