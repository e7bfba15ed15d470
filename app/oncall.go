package app

import (
	"context"
	"time"

	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/httpapi"
	"opsbot/handlers/identity"
	"opsbot/handlers/roster"
	"opsbot/messages"
)

// onCallFeed serves the turns of a role as a calendar.
func (a *App) onCallFeed() *httpapi.OnCallFeed {
	printer := a.texts.Printer(a.config.Locale, messages.Plain())
	return &httpapi.OnCallFeed{
		Open: func() func(context.Context, string) (bool, error) {
			if keys := a.feedKeys.Load(); keys != nil {
				return keys.Open
			}
			return nil
		},
		Tokens: revealed(a.config.OnCall.FeedTokens), Now: time.Now, Log: a.log.Named("oncall"),
		Directories: func() oncall.Directories {
			if roster := a.servedRoster.Load(); roster != nil {
				return roster
			}
			return nil
		},
		Title: func(role oncall.Role) string {
			return printer.Text(messages.New("oncall.feed", "role", role.Text()))
		},
	}
}

// onCall is what the operations on who is on call work with.
func (a *App) onCall(people identity.People, identities handlers.Identifier) roster.OnCall {
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
	keys := &roster.FeedKeys{Store: a.store, Identities: identities, Now: time.Now, Log: a.log.Named("oncall")}
	a.feedKeys.Store(keys)
	return roster.OnCall{Directories: a.roster, Overrides: a.store, Zone: zone, Keys: keys, PublicURL: a.config.Paging.PublicURL.Reveal(), Now: time.Now}
}
