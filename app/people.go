package app

import (
	"context"
	"errors"

	"opsbot/bot/directory"
	"opsbot/handlers/identity"
)

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
