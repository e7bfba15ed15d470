package oncall_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation/engine"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/internal/bubble"
)

func onCall(d oncall.Directory, role oncall.Role, at time.Time) []string {
	var ids []string
	for _, c := range d.OnCall(role, at) {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestWithoutRotationEverybodyOfTheRoleIsOnCall(t *testing.T) {
	table := append(fixture.Contacts(), oncall.Contact{ID: "sunba", Role: "dba", Name: "孙八", Slack: "U0SUNBA"}, oncall.Contact{ID: "zhoujiu", Role: "dba", Name: "周九", Email: "z@company.com"})
	d, err := oncall.NewDirectory(table)
	require.NoError(t, err)
	require.Equal(t, []string{"lisi", "sunba"}, onCall(d, oncall.DBA, fixture.Start), "but for those who cannot be paged")
	duty := d.Duty(oncall.DBA, fixture.Start)
	require.Equal(t, oncall.DutyAll, duty.Reason)
	require.Zero(t, duty.Until)
}

func TestRotationSaysWhoIsOnCall(t *testing.T) {
	d := fixture.Rotating(t, fixture.Weekly("lisi", "wangwu"))
	require.Equal(t, []string{"lisi"}, onCall(d, oncall.DBA, fixture.Start))
	require.Equal(t, []string{"wangwu"}, onCall(d, oncall.DBA, fixture.Start.AddDate(0, 0, 7)), "who has another role in the table")
	require.Equal(t, []string{"wangwu"}, onCall(d, oncall.Network, fixture.Start))
	require.Equal(t, []string{"lisi", "wangwu"}, onCall(d, oncall.DBA, fixture.Start.Add(-time.Second)), "before it begins nobody is left out")
	require.Len(t, d.OnCall(oncall.Everyone, fixture.Start), 4, "everybody is still everybody")
	duty := d.Duty(oncall.DBA, fixture.Start.Add(time.Hour))
	require.Equal(t, fixture.Start.AddDate(0, 0, 7), duty.Until)
	require.Equal(t, oncall.DutyRotation, duty.Reason)
	require.Zero(t, fixture.Rotating(t, fixture.Weekly("lisi")).Duty(oncall.DBA, fixture.Start).Until, "who is alone is never relieved")
}

// A turn of somebody who cannot be paged must not be a hole in which pages are lost.
func TestWhoCannotBePagedIsReplacedByTheRole(t *testing.T) {
	table := fixture.Contacts()
	table[2].Slack = ""
	d, err := oncall.NewDirectory(table, fixture.Weekly("lisi", "wangwu", "zhaoliu"))
	require.NoError(t, err)
	second := fixture.Start.AddDate(0, 0, 7)
	require.Equal(t, []string{"lisi", "zhaoliu"}, onCall(d, oncall.DBA, second))
	require.Equal(t, oncall.DutyFallback, d.Duty(oncall.DBA, second).Reason)
}

func TestOverrides(t *testing.T) {
	override := func(number int64, user string, from, until time.Duration) oncall.Override {
		return oncall.Override{Number: number, Role: oncall.DBA, User: user, From: fixture.Start.Add(from), Until: fixture.Start.Add(until)}
	}
	plain := fixture.Rotating(t, fixture.Weekly("lisi", "wangwu"))
	for name, tt := range map[string]struct {
		overrides []oncall.Override
		after     time.Duration
		want      []string
		until     time.Duration
	}{
		"before it":              {[]oncall.Override{override(1, fixture.Zhaoliu, time.Hour, 2*time.Hour)}, 0, []string{"lisi"}, time.Hour},
		"in it":                  {[]oncall.Override{override(1, fixture.Zhaoliu, time.Hour, 2*time.Hour)}, time.Hour, []string{"zhaoliu"}, 2 * time.Hour},
		"after it":               {[]oncall.Override{override(1, fixture.Zhaoliu, time.Hour, 2*time.Hour)}, 2 * time.Hour, []string{"lisi"}, 7 * 24 * time.Hour},
		"over the hand-off":      {[]oncall.Override{override(1, fixture.Zhaoliu, 0, 8*24*time.Hour)}, time.Hour, []string{"zhaoliu"}, 8 * 24 * time.Hour},
		"the last one made wins": {[]oncall.Override{override(1, fixture.Zhaoliu, 0, 4*time.Hour), override(2, fixture.Zhangsan, time.Hour, 2*time.Hour)}, time.Hour, []string{"zhangsan"}, 2 * time.Hour},
		"then the other again":   {[]oncall.Override{override(1, fixture.Zhaoliu, 0, 4*time.Hour), override(2, fixture.Zhangsan, time.Hour, 2*time.Hour)}, 2 * time.Hour, []string{"zhaoliu"}, 4 * time.Hour},
		"two of one person":      {[]oncall.Override{override(1, fixture.Zhaoliu, 0, 2*time.Hour), override(2, fixture.Zhaoliu, time.Hour, 4*time.Hour)}, 0, []string{"zhaoliu"}, 4 * time.Hour},
		"for somebody unknown":   {[]oncall.Override{override(1, "U0GONE", 0, time.Hour)}, 0, []string{"lisi"}, 7 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			d := plain.WithOverrides(tt.overrides)
			require.Equal(t, tt.want, onCall(d, oncall.DBA, fixture.Start.Add(tt.after)))
			require.Equal(t, fixture.Start.Add(tt.until), d.Duty(oncall.DBA, fixture.Start.Add(tt.after)).Until)
			require.Equal(t, []string{"zhangsan"}, onCall(d, oncall.System, fixture.Start.Add(tt.after)), "other roles are not touched")
		})
	}
	cancelled := override(1, fixture.Zhaoliu, 0, time.Hour)
	cancelled.CancelledAt = fixture.Start
	require.Equal(t, []string{"lisi"}, onCall(plain.WithOverrides([]oncall.Override{cancelled}), oncall.DBA, fixture.Start))
}

func TestSomebodyWithTwoRolesIsOnePerson(t *testing.T) {
	table := fixture.Contacts()
	both := table[0]
	both.Role = oncall.DBA
	d, err := oncall.NewDirectory(append(table, both))
	require.NoError(t, err)
	require.Equal(t, []string{"lisi", "zhangsan"}, onCall(d, oncall.DBA, fixture.Start))
	require.Len(t, d.Reachable(oncall.Everyone), 4, "and is paged once")
	other := both
	other.Slack = "U0OTHER"
	_, err = oncall.NewDirectory(append(table, other))
	require.ErrorContains(t, err, `"zhangsan" is already used`)
}

func TestTheLadderPagesWhoIsOnCallThen(t *testing.T) {
	s := fixture.NewStory(t)
	s.Directory = fixture.Rotating(t, fixture.Weekly("lisi", "wangwu"))
	s.Now = fixture.Start.AddDate(0, 0, 7).Add(-2 * time.Minute)
	s.Observe(fixture.Alert(1))
	require.Equal(t, []string{fixture.Lisi}, s.Paged())
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan}, s.Paged(), "the ladder goes on after the hand-off")
	s.Pass(10 * time.Minute)
	s.Paged()
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Wangwu}, s.Paged()[:1], "the next round begins with who is on call now")
}

// kept are overrides as a store keeps them.
type kept struct{ overrides []oncall.Override }

func (k *kept) Overrides(context.Context, time.Time) ([]oncall.Override, error) {
	return k.overrides, nil
}

func TestAnOverrideCountsAtOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, k := fixture.NewMemory(), &kept{}
		s, err := engine.New(engine.Config{
			Journal: m, Store: m, Openings: m, Queries: m, Alerts: m, Policy: fixture.Handbook(), Directory: fixture.Directory(t), Now: time.Now, Log: zap.NewNop(),
			Current: &oncall.Roster{Table: fixture.Directory(t), Overrides: k, Now: time.Now},
		})
		require.NoError(t, err)
		defer fixture.Running(t, s)()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		synctest.Wait()
		m.Look(func() { require.Equal(t, fixture.Lisi, m.AllPages[1][0].Address) })
		k.overrides = []oncall.Override{
			{Number: 1, Role: oncall.DBA, User: fixture.Wangwu, From: time.Now(), Until: time.Now().Add(time.Hour)},
			{Number: 2, Role: oncall.System, User: fixture.Zhaoliu, From: time.Now(), Until: time.Now().Add(time.Hour)},
		}
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "h", fixture.Alert(2))))
		synctest.Wait()
		m.Look(func() { require.Equal(t, fixture.Wangwu, m.AllPages[2][0].Address, "a new incident") })
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		m.Look(func() {
			require.Equal(t, fixture.Zhaoliu, m.AllPages[1][1].Address, "the next step of one that was open")
		})
	})
}

// The stand-in's time ends while the ladder is climbed, so that one step less has somebody new: the climb goes on where it was.
func TestAHandOffOnTheLadderSkipsNobody(t *testing.T) {
	s := fixture.NewStory(t)
	s.Directory = fixture.Rotating(t, fixture.Weekly("zhangsan")).WithOverrides([]oncall.Override{
		{Number: 1, Role: oncall.System, User: fixture.Lisi, From: fixture.Start, Until: fixture.Start.Add(15 * time.Minute)},
	})
	s.Observe(fixture.Alert(1))
	s.Pass(10 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan, fixture.Lisi, fixture.Zhaoliu}, s.Paged())
	s.Pass(5 * time.Minute)
	require.Equal(t, []string{fixture.Zhangsan, fixture.Lisi, fixture.Wangwu, fixture.Zhaoliu}, s.Paged(), "everybody comes last, and is not left out")
}
