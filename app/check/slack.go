package check

import (
	"context"

	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/bot/setup"
	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

func (k *checker) slack(ctx context.Context, c bot.Connection, config configs.Slack) {
	report, err := setup.Check(ctx, c, config.IncidentChannel)
	for _, f := range report.Findings {
		k.slackFinding(f)
	}
	if err != nil {
		k.problem(messages.New("check.slack_unreachable", "cause", err))
		return
	}
	k.userGroups(ctx, c, report.MayManageUserGroups(), config.UserGroups)
}

func (k *checker) slackFinding(f setup.Finding) {
	if f.OK {
		k.good(messages.New("check.slack", "finding", f.Text))
		return
	}
	k.problem(messages.New("check.slack_problem", "finding", f.Text, "next", f.Next))
}

// updates looks for the channel for stakeholders, where one is configured.
func (k *checker) updates(ctx context.Context, c bot.Connection, channel string) {
	if channel == "" {
		return
	}
	_, finding, err := setup.CheckUpdatesChannel(ctx, c, channel)
	if err != nil {
		k.problem(messages.New("check.slack_unreachable", "cause", err))
		return
	}
	k.slackFinding(finding)
}

// sharing reports channels that opsbot writes in by itself and that other organisations read.
func (k *checker) sharing(ctx context.Context, c bot.Connection, config configs.Config) {
	for _, channel := range []string{config.Slack.IncidentChannel, config.Incident.UpdatesChannel, config.Audit.Channel} {
		if channel == "" {
			continue
		}
		finding, ok, err := setup.CheckSharing(ctx, c, channel, config.Slack.SharedChannels)
		if err != nil {
			k.problem(messages.New("check.slack_unreachable", "cause", err))
			return
		}
		if ok {
			k.slackFinding(finding)
		}
	}
}

// auditChannel looks for the channel of the audit record's checkpoints, where one is configured.
func (k *checker) auditChannel(ctx context.Context, c bot.Connection, channel string) {
	if channel == "" {
		return
	}
	_, finding, err := setup.CheckAuditChannel(ctx, c, channel)
	if err != nil {
		k.problem(messages.New("check.slack_unreachable", "cause", err))
		return
	}
	k.slackFinding(finding)
}

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
