package app

import (
	"context"
	"errors"

	"opsbot/bot"
	"opsbot/handlers"
)

// slackPeople is bot.People as the handlers see it.
type slackPeople struct{ *bot.People }

func (p slackPeople) Profile(ctx context.Context, user string) (handlers.Profile, error) {
	person, err := p.Person(ctx, user)
	if errors.Is(err, bot.ErrNoPerson) {
		return handlers.Profile{Foreign: true}, nil
	}
	if err != nil {
		return handlers.Profile{}, err
	}
	return handlers.Profile{Email: person.Email, Name: person.Name, Locale: person.Locale, Timezone: person.Timezone, Foreign: person.Foreign()}, nil
}
