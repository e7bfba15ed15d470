package handlers

import "context"

// ExpireDue is one look of Expire.
func (d *Dispatcher) ExpireDue(ctx context.Context) { d.expireDue(ctx) }
