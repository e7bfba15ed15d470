package directory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"opsbot/bot"
)

// Person is a Slack user's profile.
type Person struct {
	ID       string
	Name     string // as people write it, e.g. "Zhang San"
	Email    string // "" without the scope users:read.email
	Locale   string // e.g. "zh-CN"
	Timezone string // IANA name
	Deleted  bool
	Bot      bool
	// Invited is somebody who has not accepted the invitation, so that nobody knows who it is.
	Invited bool
	// Unconfirmed is somebody whose e-mail address Slack has not seen proven.
	Unconfirmed bool
	// Guest is somebody with restricted access, or from another organisation in a shared channel.
	Guest bool
}

// Foreign people get no rights through opsbot, whatever e-mail address their profile shows.
func (p Person) Foreign() bool { return p.Deleted || p.Bot || p.Guest || p.Invited || p.Unconfirmed }

// ErrNoPerson is returned when Slack knows no such user.
var ErrNoPerson = errors.New("no such Slack user")

// person is u's profile; whoever is not of self's organisation is a guest.
func person(self bot.Self, u *slack.User) Person {
	if u == nil {
		return Person{}
	}
	return Person{
		ID: u.ID, Name: cmp.Or(u.RealName, u.Profile.DisplayName, u.Name), Email: u.Profile.Email, Locale: u.Locale,
		Timezone: u.TZ, Deleted: u.Deleted, Bot: u.IsBot, Invited: u.IsInvitedUser,
		Unconfirmed: u.Profile.Email != "" && !u.IsEmailConfirmed, Guest: u.IsRestricted || u.IsUltraRestricted || u.IsStranger || !sameOrganisation(self, u),
	}
}

// sameOrganisation tells our people from those of a Slack Connect channel, who may call themselves what they like: is_stranger
// is set only for those whom we share no channel with. In an Enterprise organisation people come from several workspaces.
func sameOrganisation(self bot.Self, u *slack.User) bool {
	return u.TeamID == self.TeamID || (self.EnterpriseID != "" && u.Enterprise.EnterpriseID == self.EnterpriseID)
}

func lookupError(action string, err error) error {
	if err == nil {
		return nil
	}
	refused, ok := errors.AsType[slack.SlackErrorResponse](err)
	if ok && slices.Contains([]string{"user_not_found", "users_not_found", "user_not_visible"}, refused.Err) {
		return fmt.Errorf("%s: %w", action, ErrNoPerson)
	}
	return fmt.Errorf("%s: %s: %w", action, bot.ErrorDetail(err), err)
}
