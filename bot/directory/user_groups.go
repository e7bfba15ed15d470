package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"opsbot/bot"
)

// ErrNoUserGroup is returned for a user group that Slack does not have, or that is disabled.
var ErrNoUserGroup = errors.New("Slack has no such user group, or it is disabled")

// UserGroups sets the members of Slack user groups.
type UserGroups struct{ Slack *slack.Client }

// Keep sets the members of each group (S…) to the given user ids and returns the groups that it changed, sorted. A group in Slack
// cannot be empty (SF-8.9): one without given users stays as it is. The error joins those of all groups.
func (g *UserGroups) Keep(ctx context.Context, want map[string][]string) (changed []string, err error) {
	members, err := g.members(ctx)
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, id := range slices.Sorted(maps.Keys(want)) {
		have, ok := members[id]
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("user group %s: %w", id, ErrNoUserGroup))
			continue
		case len(want[id]) == 0 || sameUsers(have, want[id]):
			continue
		}
		if _, err := g.Slack.UpdateUserGroupMembersContext(ctx, id, strings.Join(want[id], ",")); err != nil {
			problems = append(problems, fmt.Errorf("set members of user group %s: %s: %w", id, bot.ErrorDetail(err), err))
			continue
		}
		changed = append(changed, id)
	}
	return changed, errors.Join(problems...)
}

// Find returns ErrNoUserGroup when there is no such group.
func (g *UserGroups) Find(ctx context.Context, id string) error {
	members, err := g.members(ctx)
	if _, ok := members[id]; err == nil && !ok {
		return ErrNoUserGroup
	}
	return err
}

// members asks for all groups at once: usergroups.* are tier 2 (SF-6).
func (g *UserGroups) members(ctx context.Context) (map[string][]string, error) {
	groups, err := g.Slack.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil {
		return nil, lookupError("list Slack user groups", err)
	}
	members := make(map[string][]string, len(groups))
	for _, group := range groups {
		members[group.ID] = group.Users
	}
	return members, nil
}

func sameUsers(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
