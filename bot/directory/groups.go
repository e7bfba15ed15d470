package directory

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/slack-go/slack"
)

// Groups returns the ids (S…) of the user groups that a user is in, sorted. It returns ids and not handles, because groups give
// rights and a free handle can be taken by another group. A workspace without user groups (plan_upgrade_required, SF-8.9) has none.
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
		return nil, lookupError("list Slack user groups", err)
	}
	members := make(map[string][]string, len(groups))
	for _, g := range groups {
		members[g.ID] = g.Users
	}
	return members, nil
}
