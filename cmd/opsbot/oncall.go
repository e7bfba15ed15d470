package main

import (
	"context"
	"time"

	"opsbot/handlers"
)

// onCall is what the operations on who is on call work with.
func (a *app) onCall(people handlers.People) handlers.OnCall {
	zone := func(ctx context.Context, user string) *time.Location {
		profile, err := people.Profile(ctx, user)
		if err != nil || profile.Timezone == "" {
			return time.UTC
		}
		zone, err := time.LoadLocation(profile.Timezone)
		if err != nil {
			return time.UTC
		}
		return zone
	}
	return handlers.OnCall{Directories: a.roster, StandIns: a.store, Zone: zone, Now: time.Now}
}
