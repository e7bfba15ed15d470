package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/bot/directory"
	"opsbot/escalation/oncall"
	"opsbot/handlers/identity"
)

// resolveContacts finds the Slack users of the contact table by e-mail where the table does not name them. A contact
// that Slack does not know cannot be paged: that is logged, and `opsbot check` reports it.
func (a *App) resolveContacts(ctx context.Context) error {
	contacts, unknown, err := configured.FindSlackUsers(ctx, a.people, configured.Contacts(a.config))
	if err != nil {
		return err
	}
	for i, c := range contacts {
		if c.Slack != "" && c.Locale == "" {
			contacts[i].Locale = a.localeOf(ctx, c)
		}
	}
	for _, c := range unknown {
		a.log.Warn("contact has no Slack user and cannot be paged there", zap.String("contact", c.Name), zap.String("email", c.Email))
	}
	return a.useContacts(ctx, contacts)
}

func (a *App) useContacts(ctx context.Context, contacts []oncall.Contact) error {
	table, err := oncall.NewDirectory(contacts, configured.Rotations(a.config)...)
	if err != nil {
		return err
	}
	a.calendars = configured.CalendarFeed(a.config, table, a.log.Named("calendars"))
	a.calendars.Refresh(ctx)
	a.roster = &oncall.Roster{Table: table, Overrides: a.store, Calendars: a.calendars, Now: time.Now}
	a.servedRoster.Store(a.roster)
	return nil
}

// localeOf is the language that a contact set in Slack, if it is needed: for what is not read there. Not to know it is no
// reason to stop.
func (a *App) localeOf(ctx context.Context, c oncall.Contact) string {
	if !slices.ContainsFunc(c.Pages, func(via oncall.Via) bool { return via != oncall.ViaSlack }) {
		return ""
	}
	person, err := a.people.Person(ctx, c.Slack)
	if err != nil {
		a.log.Warn("language of contact not found in Slack", zap.String("contact", c.Name), zap.Error(err))
		return ""
	}
	return person.Locale
}

// slackPeople is bot.People as the handlers see it.
type slackPeople struct{ *directory.People }

func (p slackPeople) Profile(ctx context.Context, user string) (identity.Profile, error) {
	person, err := p.Person(ctx, user)
	if errors.Is(err, directory.ErrNoPerson) {
		return identity.Profile{Foreign: true}, nil
	}
	if err != nil {
		return identity.Profile{}, err
	}
	return identity.Profile{Email: person.Email, Name: person.Name, Locale: person.Locale, Timezone: person.Timezone, Foreign: person.Foreign()}, nil
}
