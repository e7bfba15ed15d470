package who

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/configs"
	"opsbot/escalation/oncall"
)

// directoryAt is the contact table as it holds at the given time.
func directoryAt(ctx context.Context, c configs.Config, at time.Time, offline bool) (oncall.Directory, error) {
	contacts := configured.Contacts(c)
	if offline {
		assumeUsers(contacts)
	} else {
		var err error
		if contacts, _, err = configured.FindSlackUsers(ctx, directory.NewPeople(configured.SlackConnection(c).Client(), bot.Self{}, nil), contacts); err != nil {
			return oncall.Directory{}, fmt.Errorf("%w (--offline does without Slack)", err)
		}
	}
	overrides, err := configured.StoredOverrides(ctx, c, at)
	if err != nil {
		return oncall.Directory{}, err
	}
	directory, err := oncall.NewDirectory(contacts, configured.Rotations(c)...)
	if err != nil {
		return oncall.Directory{}, err
	}
	feed := configured.CalendarFeed(c, directory, zap.NewNop())
	feed.Refresh(ctx)
	for role, read := range feed.Calendars() {
		if read.Problem != "" {
			return oncall.Directory{}, fmt.Errorf("calendar of the role %s cannot be read: %s", role, read.Problem)
		}
	}
	return directory.WithOverrides(overrides).WithCalendars(feed.Calendars()), nil
}

// assumeUsers gives a Slack user to everybody who has none in the table, the same one in each of a person's rows.
func assumeUsers(contacts []oncall.Contact) {
	for i, c := range contacts {
		if c.Slack == "" && c.Email != "" {
			first := slices.IndexFunc(contacts, func(o oncall.Contact) bool { return o.ID == c.ID })
			contacts[i].Slack = unknownUser + strconv.Itoa(first)
		}
	}
}

// unknownUser begins the Slack users that --offline makes up.
const unknownUser = "U0UNKNOWN"
