package check

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// rosterAhead is how far ahead the contact table is looked through for gaps.
const rosterAhead = 28 * 24 * time.Hour

// contacts reports who cannot be paged, and what is wrong with who is on call in the weeks to come.
func (k *checker) contacts(ctx context.Context, c bot.Connection, config configs.Config) {
	found := k.bad
	people := directory.NewPeople(c.Client(), bot.Self{}, nil)
	contacts := configured.Contacts(config)
	for i := range contacts {
		user := k.slackUser(ctx, people, contacts[i])
		if user != "" || contacts[i].Email != "" { // a contact needs one of the two
			contacts[i].Slack = user
		}
	}
	directory, err := oncall.NewDirectory(contacts, configured.Rotations(config)...)
	if err != nil {
		k.problem(messages.New("check.roster", "finding", messages.Literal(err.Error())))
		return
	}
	now := time.Now()
	overrides, err := configured.StoredOverrides(ctx, config, now)
	if err != nil {
		k.problem(messages.New("check.overrides", "cause", err))
	}
	feed := configured.CalendarFeed(config, directory, zap.NewNop())
	feed.Refresh(ctx)
	for _, f := range directory.WithOverrides(overrides).WithCalendars(feed.Calendars()).Lint(now, now.Add(rosterAhead)) {
		if f.Serious {
			k.problem(messages.New("check.roster", "finding", f.Text))
		} else {
			k.advice(messages.New("check.roster", "finding", f.Text))
		}
	}
	if k.bad == found {
		k.good(messages.New("check.contacts"))
	}
}

// slackUser is the Slack user of a contact; "" where Slack does not know one, which is reported.
func (k *checker) slackUser(ctx context.Context, people *directory.People, c oncall.Contact) string {
	if c.Slack == "" {
		if c.Email == "" {
			return ""
		}
		person, err := people.ByEmail(ctx, c.Email)
		if err != nil && slices.Contains(c.Pages, oncall.ViaSlack) {
			k.problem(messages.New("check.contact", "name", c.Name, "email", c.Email, "cause", err))
		}
		return person.ID
	}
	person, err := people.Person(ctx, c.Slack)
	switch {
	case err != nil:
		k.problem(messages.New("check.slack_user", "name", c.Name, "user", c.Slack, "cause", err))
		return ""
	case person.Deleted:
		k.problem(messages.New("check.slack_user_gone", "name", c.Name, "user", c.Slack))
		return ""
	}
	return c.Slack
}
