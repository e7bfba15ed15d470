package main

import (
	"bytes"
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
	"opsbot/internal/bubble"
	"opsbot/slacksim"
)

// recordedGroups are Slack's user groups as far as the keeper is concerned.
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
		k := &groupKeeper{
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
	k := &groupKeeper{groups: map[string]string{configs.RoleDBA: "S0DBA"}, slack: groups, directories: fixed{}, now: time.Now, log: zap.New(core)}
	for _, err := range []error{errors.New("ratelimited"), errors.New("ratelimited"), nil, errors.New("ratelimited"), errors.New("permission_denied")} {
		groups.err = err
		k.keep(t.Context())
	}
	require.Equal(t, 3, logs.Len())
}

// A user group of Slack has the person on call in it soon after opsbot has started, and check knows it.
func TestUserGroupOfTheApp(t *testing.T) {
	withGroups := configs.Default()
	withGroups.Slack.UserGroups.DBA = "S0"
	manifest, err := appManifest(withGroups)
	require.NoError(t, err)
	require.Contains(t, string(manifest), "usergroups:write")
	workspace := slacksim.New(t, slacksim.Options{Manifest: manifest})
	client := slack.New(workspace.BotToken(), slack.OptionAPIURL(workspace.APIURL()))
	group, err := client.CreateUserGroup(slack.UserGroup{Name: "DBA on call", Handle: "oncall-dba"})
	require.NoError(t, err)

	config := writeConfig(t, workspace, "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", group.ID)
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_NETWORK", "S0NONE")
	var stdout bytes.Buffer
	run(t.Context(), []string{"check", "--config", config}, &stdout, &bytes.Buffer{})
	require.Contains(t, stdout.String(), "ok    Slack: the user group "+group.ID+" follows who is on call as database administrator")
	require.Contains(t, stdout.String(), "FAIL  Slack: the user group S0NONE cannot follow who is on call as network administrator")

	c := testConfig(t, workspace)
	c.Slack.UserGroups.DBA = group.ID
	a := startApp(t, c)
	defer func() { require.NoError(t, a.stop(t.Context())) }()
	require.Eventually(t, func() bool {
		members, err := client.GetUserGroupMembers(group.ID)
		return err == nil && len(members) == 1 && members[0] == workspace.User("dba").ID()
	}, 20*time.Second, 20*time.Millisecond)
}

func TestCheckMissesTheScopeForUserGroups(t *testing.T) {
	config := writeConfig(t, testWorkspace(t), "127.0.0.1:0")
	t.Setenv("OPSBOT_SLACK_USER_GROUPS_DBA", "S0DBA")
	var stdout bytes.Buffer
	run(t.Context(), []string{"check", "--config", config}, &stdout, &bytes.Buffer{})
	require.Contains(t, stdout.String(), "FAIL  Slack: the bot token lacks the scope usergroups:write")
}
