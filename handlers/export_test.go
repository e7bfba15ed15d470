package handlers

import "context"

// ExpireDue is one look of Expire.
func (d *Dispatcher) ExpireDue(ctx context.Context) { d.expireDue(ctx) }

// ApplyStopRequests is one look of WatchRuns at who wants to stop what.
func (d *Dispatcher) ApplyStopRequests(ctx context.Context) { d.applyStopRequests(ctx) }
