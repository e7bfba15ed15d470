package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/internal/apptest"
	"opsbot/internal/bubble"
)

// recordedGroups are Slack's user groups as far as the sync is concerned.
type recordedGroups struct {
	wanted []map[string][]string
	err    error
}

func (g *recordedGroups) Keep(_ context.Context, want map[string][]string) ([]string, error) {
	g.wanted = append(g.wanted, want)
	return nil, g.err
}

type fixed struct{ directory oncall.Directory }

func (f fixed) Directory(context.Context) (oncall.Directory, error) { return f.directory, nil }

func TestUserGroupsFollowTheTurns(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		directory, err := oncall.NewDirectory([]oncall.Contact{
			{ID: "lisi", Role: oncall.DBA, Name: "李四", Slack: "U0LISI"},
			{ID: "sunba", Role: oncall.DBA, Name: "孙八", Slack: "U0SUNBA"},
			{ID: "zhangsan", Role: oncall.System, Name: "张三", Email: "admin@company.com", Pages: []oncall.Via{oncall.ViaEmail}},
		}, oncall.Rotation{Role: oncall.DBA, People: []string{"lisi", "sunba"}, Days: 1, First: time.Now().Add(90*time.Second - 24*time.Hour)})
		require.NoError(t, err)
		groups := &recordedGroups{err: errors.New("permission_denied")}
		core, logs := observer.New(zapcore.ErrorLevel)
		k := &userGroupSync{
			groups: map[string]string{configs.RoleDBA: "S0DBA", configs.RoleSystem: "S0SYS"}, slack: groups, directories: fixed{directory}, now: time.Now, log: zap.New(core),
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- k.run(ctx) }()
		time.Sleep(150 * time.Second)
		synctest.Wait()
		require.Equal(t, []map[string][]string{
			{"S0DBA": {"U0LISI"}, "S0SYS": nil}, {"S0DBA": {"U0LISI"}, "S0SYS": nil}, {"S0DBA": {"U0SUNBA"}, "S0SYS": nil},
		}, groups.wanted)
		require.Equal(t, 1, logs.Len(), "a failure that lasts is logged once")
		cancel()
		require.NoError(t, <-done)
	})
}

func TestUserGroupsThatFailAreLoggedAgainAfterTheyWorked(t *testing.T) {
	core, logs := observer.New(zapcore.ErrorLevel)
	groups := &recordedGroups{}
	k := &userGroupSync{groups: map[string]string{configs.RoleDBA: "S0DBA"}, slack: groups, directories: fixed{}, now: time.Now, log: zap.New(core)}
	for _, err := range []error{errors.New("ratelimited"), errors.New("ratelimited"), nil, errors.New("ratelimited"), errors.New("permission_denied")} {
		groups.err = err
		k.keep(t.Context())
	}
	require.Equal(t, 3, logs.Len())
}

// A user group of Slack has the person on call in it soon after opsbot has started.
func TestUserGroupOfTheApp(t *testing.T) {
	workspace := apptest.UserGroupWorkspace(t)
	client := slack.New(workspace.BotToken(), slack.OptionAPIURL(workspace.APIURL()))
	made, err := client.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
	require.NoError(t, err)

	c := apptest.Config(t, workspace)
	c.Slack.UserGroups.DBA = made.ID
	a := startApp(t, c)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Eventually(t, func() bool {
		members, err := client.GetUserGroupMembers(made.ID)
		return err == nil && len(members) == 1 && members[0] == workspace.User("dba").ID()
	}, 20*time.Second, 20*time.Millisecond)
}
