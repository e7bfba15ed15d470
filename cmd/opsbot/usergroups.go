package main

import (
	"context"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/directory"
	"opsbot/escalation"
)

// userGroupsEvery is how often the user groups are compared with who is on call.
const userGroupsEvery = time.Minute

// keepUserGroups lets the configured user groups of Slack follow who is on call.
func (a *app) keepUserGroups(loops *teardown, failed chan<- error) {
	groups := a.config.Slack.UserGroups.ByRole()
	if len(groups) == 0 {
		return
	}
	keeper := &groupKeeper{
		groups: groups, slack: &directory.UserGroups{Slack: a.slack.Client()}, directories: a.roster, now: time.Now, log: a.log.Named("user groups"),
	}
	loops.goes(failed, "user groups", keeper.run)
}

// groupKeeper makes the members of user groups those who are on call. It compares with what Slack has and remembers
// nothing, so that changes by hand and failures are mended the next time.
type groupKeeper struct {
	groups map[string]string // by role
	slack  interface {
		Keep(ctx context.Context, want map[string][]string) (changed []string, err error)
	}
	directories oncall.Directories
	now         func() time.Time
	log         *zap.Logger
	failing     string // what is logged already
}

func (k *groupKeeper) run(ctx context.Context) error {
	ticker := time.NewTicker(userGroupsEvery)
	defer ticker.Stop()
	for {
		k.keep(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// keep does it once. A failure is logged when it begins, not every minute.
func (k *groupKeeper) keep(ctx context.Context) {
	want, err := k.wanted(ctx)
	if err == nil {
		var changed []string
		changed, err = k.slack.Keep(ctx, want)
		for _, group := range changed {
			k.log.Info("user group follows who is on call", zap.String("group", group), zap.Strings("users", want[group]))
		}
	}
	problem := ""
	if err != nil && ctx.Err() == nil {
		problem = err.Error()
	}
	if problem != "" && problem != k.failing {
		k.log.Error("user groups do not follow who is on call", zap.Error(err))
	}
	k.failing = problem
}

// wanted are the Slack users on call, by user group.
func (k *groupKeeper) wanted(ctx context.Context) (map[string][]string, error) {
	directory, err := k.directories.Directory(ctx)
	if err != nil {
		return nil, err
	}
	want := make(map[string][]string, len(k.groups))
	for role, group := range k.groups {
		want[group] = nil
		for _, c := range directory.OnCall(oncall.Role(role), k.now()) {
			if c.Slack != "" {
				want[group] = append(want[group], c.Slack)
			}
		}
	}
	return want, nil
}
