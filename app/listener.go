package app

import (
	"context"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/directory"
	"opsbot/bot/events"
	"opsbot/bot/surfaces"
	"opsbot/handlers"
	"opsbot/handlers/roster"
	"opsbot/messages"
	"opsbot/store"
)

func (a *App) makeBot(context.Context) error {
	home := &surfaces.Home{Slack: a.slack.Client(), Renderer: a.renderer, Source: a.home}
	a.listener = events.NewListener(events.ListenerConfig{
		Connection: a.slack, Self: a.self, Handler: inbound{a.dispatcher, home, a.people, a.channels, a.feedKeys.Load(), a.log}, Validate: validation{a.dispatcher, a.texts, a.people}.validate,
		Dedupe: dedupe{a.store}, Catalogue: a.texts, Locale: a.config.Locale, Now: time.Now, Log: a.log.Named("socket"),
	})
	return nil
}

// inbound sends each inbound thing where it belongs.
type inbound struct {
	*handlers.Dispatcher
	home   *surfaces.Home
	people *directory.People
	// channels knows which of them other organisations read.
	channels *directory.Channels
	feeds    *roster.FeedKeys
	log      *zap.Logger
}

// ChannelChanged makes sure that Slack is asked anew who reads a channel.
func (i inbound) ChannelChanged(_ context.Context, channel string) { i.channels.Forget(channel) }

// UserChanged makes sure that a person is looked up anew: who was deactivated may do nothing from now on, and has no calendar any more.
func (i inbound) UserChanged(ctx context.Context, user string) {
	i.people.Forget(user)
	i.feeds.PersonChanged(ctx, user)
}

func (i inbound) HomeOpened(ctx context.Context, user string) {
	if err := i.home.Publish(ctx, user); err != nil {
		i.log.Error("home tab not published", zap.String("user", user), zap.Error(err))
	}
}

// validation words the problems of a form in the language of the person.
type validation struct {
	dispatcher *handlers.Dispatcher
	texts      *messages.Catalogue
	people     *directory.People
}

func (v validation) validate(ctx context.Context, s handlers.Submission) map[string]string {
	problems := v.dispatcher.ValidateSubmission(ctx, s)
	if len(problems) == 0 {
		return nil
	}
	locale := ""
	if person, err := v.people.Person(ctx, s.User); err == nil {
		locale = person.Locale
	}
	printer := v.texts.Printer(locale, messages.Plain())
	words := make(map[string]string, len(problems))
	for input, text := range problems {
		words[input] = printer.Text(text)
	}
	return words
}

// dedupe remembers Slack's event ids in the store, so that a retry after a restart is still known.
type dedupe struct{ *store.Store }

func (d dedupe) Seen(ctx context.Context, id string, now time.Time) (bool, error) {
	return d.SeenEvent(ctx, id, now)
}

// listenToSlack keeps trying when Slack refuses the app: the token may be mended in Slack, and alerts must be taken in
// and other channels used meanwhile. /readyz is red as long.
func (a *App) listenToSlack(ctx context.Context) error {
	for {
		err := a.listener.Run(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		a.log.Error("Slack refuses the app: no command reaches opsbot until this is mended", zap.Error(err))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
		}
	}
}
