package escalation_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

func onCall(d escalation.Directory, role escalation.Role, at time.Time) []string {
	var ids []string
	for _, c := range d.OnCall(role, at) {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestWithoutRotationEverybodyOfTheRoleIsOnCall(t *testing.T) {
	table := append(contacts(), escalation.Contact{ID: "sunba", Role: "dba", Name: "孙八", Slack: "U0SUNBA"}, escalation.Contact{ID: "zhoujiu", Role: "dba", Name: "周九", Email: "z@company.com"})
	d, err := escalation.NewDirectory(table)
	require.NoError(t, err)
	require.Equal(t, []string{"lisi", "sunba"}, onCall(d, escalation.DBA, start), "but for those who cannot be paged")
	duty := d.Duty(escalation.DBA, start)
	require.Equal(t, escalation.DutyAll, duty.Reason)
	require.Zero(t, duty.Until)
}

func TestRotationSaysWhoIsOnCall(t *testing.T) {
	d := rotating(t, weekly("lisi", "wangwu"))
	require.Equal(t, []string{"lisi"}, onCall(d, escalation.DBA, start))
	require.Equal(t, []string{"wangwu"}, onCall(d, escalation.DBA, start.AddDate(0, 0, 7)), "who has another role in the table")
	require.Equal(t, []string{"wangwu"}, onCall(d, escalation.Network, start))
	require.Equal(t, []string{"lisi", "wangwu"}, onCall(d, escalation.DBA, start.Add(-time.Second)), "before it begins nobody is left out")
	require.Len(t, d.OnCall(escalation.Everyone, start), 4, "everybody is still everybody")
	duty := d.Duty(escalation.DBA, start.Add(time.Hour))
	require.Equal(t, start.AddDate(0, 0, 7), duty.Until)
	require.Equal(t, escalation.DutyRotation, duty.Reason)
	require.Zero(t, rotating(t, weekly("lisi")).Duty(escalation.DBA, start).Until, "who is alone is never relieved")
}

// A turn of somebody who cannot be paged must not be a hole in which pages are lost.
func TestWhoCannotBePagedIsReplacedByTheRole(t *testing.T) {
	table := contacts()
	table[2].Slack = ""
	d, err := escalation.NewDirectory(table, weekly("lisi", "wangwu", "zhaoliu"))
	require.NoError(t, err)
	second := start.AddDate(0, 0, 7)
	require.Equal(t, []string{"lisi", "zhaoliu"}, onCall(d, escalation.DBA, second))
	require.Equal(t, escalation.DutyInstead, d.Duty(escalation.DBA, second).Reason)
}

func TestOverrides(t *testing.T) {
	override := func(number int64, user string, from, until time.Duration) escalation.Override {
		return escalation.Override{Number: number, Role: escalation.DBA, User: user, From: start.Add(from), Until: start.Add(until)}
	}
	plain := rotating(t, weekly("lisi", "wangwu"))
	for name, tt := range map[string]struct {
		overrides []escalation.Override
		after     time.Duration
		want      []string
		until     time.Duration
	}{
		"before it":              {[]escalation.Override{override(1, zhaoliu, time.Hour, 2*time.Hour)}, 0, []string{"lisi"}, time.Hour},
		"in it":                  {[]escalation.Override{override(1, zhaoliu, time.Hour, 2*time.Hour)}, time.Hour, []string{"zhaoliu"}, 2 * time.Hour},
		"after it":               {[]escalation.Override{override(1, zhaoliu, time.Hour, 2*time.Hour)}, 2 * time.Hour, []string{"lisi"}, 7 * 24 * time.Hour},
		"over the hand-off":      {[]escalation.Override{override(1, zhaoliu, 0, 8*24*time.Hour)}, time.Hour, []string{"zhaoliu"}, 8 * 24 * time.Hour},
		"the last one made wins": {[]escalation.Override{override(1, zhaoliu, 0, 4*time.Hour), override(2, zhangsan, time.Hour, 2*time.Hour)}, time.Hour, []string{"zhangsan"}, 2 * time.Hour},
		"then the other again":   {[]escalation.Override{override(1, zhaoliu, 0, 4*time.Hour), override(2, zhangsan, time.Hour, 2*time.Hour)}, 2 * time.Hour, []string{"zhaoliu"}, 4 * time.Hour},
		"two of one person":      {[]escalation.Override{override(1, zhaoliu, 0, 2*time.Hour), override(2, zhaoliu, time.Hour, 4*time.Hour)}, 0, []string{"zhaoliu"}, 4 * time.Hour},
		"for somebody unknown":   {[]escalation.Override{override(1, "U0GONE", 0, time.Hour)}, 0, []string{"lisi"}, 7 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			d := plain.WithOverrides(tt.overrides)
			require.Equal(t, tt.want, onCall(d, escalation.DBA, start.Add(tt.after)))
			require.Equal(t, start.Add(tt.until), d.Duty(escalation.DBA, start.Add(tt.after)).Until)
			require.Equal(t, []string{"zhangsan"}, onCall(d, escalation.System, start.Add(tt.after)), "other roles are not touched")
		})
	}
	cancelled := override(1, zhaoliu, 0, time.Hour)
	cancelled.CancelledAt = start
	require.Equal(t, []string{"lisi"}, onCall(plain.WithOverrides([]escalation.Override{cancelled}), escalation.DBA, start))
}

func TestSomebodyWithTwoRolesIsOnePerson(t *testing.T) {
	table := contacts()
	both := table[0]
	both.Role = escalation.DBA
	d, err := escalation.NewDirectory(append(table, both))
	require.NoError(t, err)
	require.Equal(t, []string{"lisi", "zhangsan"}, onCall(d, escalation.DBA, start))
	require.Len(t, d.Reachable(escalation.Everyone), 4, "and is paged once")
	other := both
	other.Slack = "U0OTHER"
	_, err = escalation.NewDirectory(append(table, other))
	require.ErrorContains(t, err, `"zhangsan" is already used`)
}

func TestTheLadderPagesWhoIsOnCallThen(t *testing.T) {
	s := newStory(t)
	s.directory = rotating(t, weekly("lisi", "wangwu"))
	s.now = start.AddDate(0, 0, 7).Add(-2 * time.Minute)
	s.observe(alert(1))
	require.Equal(t, []string{lisi}, s.paged())
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan}, s.paged(), "the ladder goes on after the hand-off")
	s.pass(10 * time.Minute)
	s.paged()
	s.pass(5 * time.Minute)
	require.Equal(t, []string{wangwu}, s.paged()[:1], "the next round begins with who is on call now")
}

// kept are overrides as a store keeps them.
type kept struct{ overrides []escalation.Override }

func (k *kept) Overrides(context.Context, time.Time) ([]escalation.Override, error) {
	return k.overrides, nil
}

func TestAnOverrideCountsAtOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, k := newMemory(), &kept{}
		s, err := escalation.NewService(escalation.Config{
			Journal: m, Store: m, Openings: m, Queries: m, Alerts: m, Policy: handbook(), Directory: directory(t), Now: time.Now, Log: zap.NewNop(),
			Current: &escalation.Roster{Table: directory(t), Overrides: k, Now: time.Now},
		})
		require.NoError(t, err)
		defer running(t, s)()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		synctest.Wait()
		m.look(func() { require.Equal(t, lisi, m.pages[1][0].Address) })
		k.overrides = []escalation.Override{
			{Number: 1, Role: escalation.DBA, User: wangwu, From: time.Now(), Until: time.Now().Add(time.Hour)},
			{Number: 2, Role: escalation.System, User: zhaoliu, From: time.Now(), Until: time.Now().Add(time.Hour)},
		}
		require.NoError(t, s.Receive(t.Context(), payload(t, "h", alert(2))))
		synctest.Wait()
		m.look(func() { require.Equal(t, wangwu, m.pages[2][0].Address, "a new incident") })
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		m.look(func() { require.Equal(t, zhaoliu, m.pages[1][1].Address, "the next rung of one that was open") })
	})
}

// The stand-in's time ends while the ladder is climbed, so that one rung less has somebody new: the climb goes on where it was.
func TestAHandOffOnTheLadderSkipsNobody(t *testing.T) {
	s := newStory(t)
	s.directory = rotating(t, weekly("zhangsan")).WithOverrides([]escalation.Override{
		{Number: 1, Role: escalation.System, User: lisi, From: start, Until: start.Add(15 * time.Minute)},
	})
	s.observe(alert(1))
	s.pass(10 * time.Minute)
	require.Equal(t, []string{zhangsan, lisi, zhaoliu}, s.paged())
	s.pass(5 * time.Minute)
	require.Equal(t, []string{zhangsan, lisi, wangwu, zhaoliu}, s.paged(), "everybody comes last, and is not left out")
}
