package main

import (
	"context"

	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// userGroups reports groups that do not exist, and a token that may not change them.
func (k *checker) userGroups(ctx context.Context, connection bot.Connection, mayKeep bool, c configs.UserGroups) {
	groups := c.ByRole()
	if len(groups) == 0 {
		return
	}
	if !mayKeep {
		k.problem(messages.New("check.user_groups_scope"))
	}
	keeper := directory.UserGroups{Slack: connection.Client()}
	for _, role := range configs.Roles() {
		group, ok := groups[role]
		if !ok {
			continue
		}
		if err := keeper.Find(ctx, group); err != nil {
			k.problem(messages.New("check.user_group_problem", "role", oncall.Role(role).Text(), "group", group, "cause", err))
			continue
		}
		k.good(messages.New("check.user_group", "role", oncall.Role(role).Text(), "group", group))
	}
}
