package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slack-go/slack"
)

const (
	// peopleTTL is how long what Slack says of people is believed. Group memberships give rights, so it is short.
	peopleTTL = 2 * time.Minute
	// peopleStale is how much longer it is used while Slack cannot be asked.
	peopleStale = 10 * time.Minute
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
	// Guest is somebody with restricted access, or from another organisation in a shared channel.
	Guest bool
}

// Foreign people get no rights through opsbot, whatever e-mail address their profile shows.
func (p Person) Foreign() bool { return p.Deleted || p.Bot || p.Guest }

// ErrNoPerson is returned when Slack knows no such user.
var ErrNoPerson = errors.New("no such Slack user")

// People looks up profiles and user groups in Slack and remembers them. It is safe for concurrent use.
type People struct {
	slack   *slack.Client
	self    Self
	byID    *cache[Person]
	byEmail *cache[Person]
	groups  *cache[map[string][]string]
}

// NewPeople makes a People. self tells whose workspace it is: people of any other are guests. now is the clock of its
// cache, time.Now where it is nil.
func NewPeople(client *slack.Client, self Self, now func() time.Time) *People {
	if now == nil {
		now = time.Now
	}
	return &People{
		slack: client, self: self, byID: newCache[Person](now), byEmail: newCache[Person](now), groups: newCache[map[string][]string](now),
	}
}

// Person returns the profile of a user id; ErrNoPerson if there is none.
func (p *People) Person(ctx context.Context, id string) (Person, error) {
	return p.byID.get(ctx, id, func(ctx context.Context) (Person, error) {
		u, err := p.slack.GetUserInfoContext(ctx, id)
		return p.self.personOf(u), peopleError("look up Slack user "+id, err)
	})
}

// ByEmail finds a user by e-mail address; ErrNoPerson if there is none.
func (p *People) ByEmail(ctx context.Context, email string) (Person, error) {
	return p.byEmail.get(ctx, email, func(ctx context.Context) (Person, error) {
		u, err := p.slack.GetUserByEmailContext(ctx, email)
		return p.self.personOf(u), peopleError("look up Slack user by e-mail "+email, err)
	})
}

// Groups returns the ids (S…) of the user groups that a user is in, sorted: a handle can be taken by another group as
// soon as it is free, and groups give rights. A workspace without user groups
// (plan_upgrade_required, SF-8.9) has none.
func (p *People) Groups(ctx context.Context, user string) ([]string, error) {
	members, err := p.groups.get(ctx, "", p.listGroups)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, id := range slices.Sorted(maps.Keys(members)) {
		if slices.Contains(members[id], user) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// listGroups asks for all groups, by id, with their members in one call: usergroups.* are tier 2 (SF-6), one call per group
// would soon be throttled.
func (p *People) listGroups(ctx context.Context) (map[string][]string, error) {
	groups, err := p.slack.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok && (refused.Err == "plan_upgrade_required" || refused.Err == "paid_teams_only") {
		return map[string][]string{}, nil
	}
	if err != nil {
		return nil, peopleError("list Slack user groups", err)
	}
	members := make(map[string][]string, len(groups))
	for _, g := range groups {
		members[g.ID] = g.Users
	}
	return members, nil
}

func (s Self) personOf(u *slack.User) Person {
	if u == nil {
		return Person{}
	}
	return Person{
		ID: u.ID, Name: cmp.Or(u.RealName, u.Profile.DisplayName, u.Name), Email: u.Profile.Email, Locale: u.Locale,
		Timezone: u.TZ, Deleted: u.Deleted, Bot: u.IsBot, Guest: u.IsRestricted || u.IsUltraRestricted || u.IsStranger || !s.sameOrganisation(u),
	}
}

// sameOrganisation tells our people from those of a Slack Connect channel, who may call themselves what they like: is_stranger
// is set only for those whom we share no channel with. In an Enterprise organisation people come from several workspaces.
func (s Self) sameOrganisation(u *slack.User) bool {
	return u.TeamID == s.TeamID || (s.EnterpriseID != "" && u.Enterprise.EnterpriseID == s.EnterpriseID)
}

func peopleError(action string, err error) error {
	if err == nil {
		return nil
	}
	refused, ok := errors.AsType[slack.SlackErrorResponse](err)
	if ok && slices.Contains([]string{"user_not_found", "users_not_found", "user_not_visible"}, refused.Err) {
		return fmt.Errorf("%s: %w", action, ErrNoPerson)
	}
	return fmt.Errorf("%s: %s: %w", action, slackDetail(err), err)
}
