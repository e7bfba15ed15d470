package app

import (
	"context"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/directory"
	"opsbot/escalation/oncall"
	"opsbot/internal/teardown"
)

// userGroupsEvery is how often the user groups are compared with who is on call.
const userGroupsEvery = time.Minute

// syncUserGroups lets the configured user groups of Slack follow who is on call.
func (a *App) syncUserGroups(loops *teardown.Stack, failed chan<- error) {
	groups := a.config.Slack.UserGroups.ByRole()
	if len(groups) == 0 {
		return
	}
	sync := &userGroupSync{
		groups: groups, slack: &directory.UserGroups{Slack: a.slack.Client()}, directories: a.roster, now: time.Now, log: a.log.Named("user groups"),
	}
	loops.Spawn(failed, "user groups", sync.run)
}

// userGroupSync makes the members of user groups those who are on call. It compares with what Slack has and remembers
// nothing, so that changes by hand and failures are mended the next time.
type userGroupSync struct {
	groups map[string]string // by role
	slack  interface {
		Keep(ctx context.Context, want map[string][]string) (changed []string, err error)
	}
	directories oncall.Directories
	now         func() time.Time
	log         *zap.Logger
	failing     string // what is logged already
}

func (s *userGroupSync) run(ctx context.Context) error {
	ticker := time.NewTicker(userGroupsEvery)
	defer ticker.Stop()
	for {
		s.keep(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// keep does it once. A failure is logged when it begins, not every minute.
func (s *userGroupSync) keep(ctx context.Context) {
	want, err := s.wanted(ctx)
	if err == nil {
		var changed []string
		changed, err = s.slack.Keep(ctx, want)
		for _, group := range changed {
			s.log.Info("user group follows who is on call", zap.String("group", group), zap.Strings("users", want[group]))
		}
	}
	problem := ""
	if err != nil && ctx.Err() == nil {
		problem = err.Error()
	}
	if problem != "" && problem != s.failing {
		s.log.Error("user groups do not follow who is on call", zap.Error(err))
	}
	s.failing = problem
}

// wanted are the Slack users on call, by user group.
func (s *userGroupSync) wanted(ctx context.Context) (map[string][]string, error) {
	directory, err := s.directories.Directory(ctx)
	if err != nil {
		return nil, err
	}
	want := make(map[string][]string, len(s.groups))
	for role, group := range s.groups {
		want[group] = nil
		for _, c := range directory.OnCall(oncall.Role(role), s.now()) {
			if c.Slack != "" {
				want[group] = append(want[group], c.Slack)
			}
		}
	}
	return want, nil
}
