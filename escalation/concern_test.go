package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// What is wrong with opsbot itself is one incident, told once, which ends by itself.
func TestConcernsAreOneIncident(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		const topic = "opsbot/test"
		m := newMemory()
		s, err := escalation.NewService(config(t, m))
		require.NoError(t, err)
		defer running(t, s)()
		worry := func(channel string) escalation.Concern {
			c := escalation.Concern{Name: "ChannelClosed", Severity: escalation.Critical, Title: "it is shut", Since: time.Now()}
			c.Labels = map[string]string{"channel": channel}
			require.NoError(t, s.Worry(t.Context(), topic, c))
			pass(time.Second)
			return c
		}
		worries := func() map[string]escalation.Alert {
			list, err := s.Worries(t.Context(), topic)
			require.NoError(t, err)
			return list
		}
		require.Empty(t, worries())
		first := worry("C1")
		worry("C1")
		second := worry("C2")
		require.Len(t, m.seen().incidents, 1)
		inc := m.seen().incidents[1]
		require.Equal(t, escalation.System, inc.Role)
		require.Equal(t, "ChannelClosed: it is shut", inc.Title)
		require.Len(t, worries(), 2)
		require.Empty(t, m.seen().firing, "Alertmanager knows nothing of it")

		require.NoError(t, s.Relax(t.Context(), topic, worries()[first.Fingerprint(topic)]))
		require.Equal(t, escalation.Open, m.seen().incidents[1].Status)
		require.NoError(t, s.Relax(t.Context(), topic, worries()[second.Fingerprint(topic)]))
		require.Equal(t, escalation.Quiet, m.seen().incidents[1].Status)
		require.Empty(t, worries())
		require.NoError(t, s.Relax(t.Context(), topic))
	})
}

// What opsbot tells is told once: an end that is taken for overtaken would leave the alert firing for ever.
func TestConcernEndsAlsoWhenTheClockWasSetBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		const topic = "opsbot/test"
		m := newMemory()
		c := config(t, m)
		var setBack time.Duration
		c.Now = func() time.Time { return time.Now().Add(-setBack) }
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		require.NoError(t, s.Worry(t.Context(), topic, escalation.Concern{Name: "ChannelClosed", Severity: escalation.Critical, Since: c.Now()}))
		told, err := s.Worries(t.Context(), topic)
		require.NoError(t, err)
		require.Len(t, told, 1)
		setBack = time.Hour
		for _, a := range told {
			require.NoError(t, s.Relax(t.Context(), topic, a))
		}
		require.Equal(t, escalation.Quiet, m.seen().incidents[1].Status)
	})
}

func TestChannelThatComesLast(t *testing.T) {
	both := escalation.Contact{ID: "a", Role: escalation.System, Name: "A", Email: "a@company.com", Slack: "U0A", Pages: []escalation.Via{"slack", "email"}}
	one := escalation.Contact{ID: "b", Role: escalation.DBA, Name: "B", Slack: "U0B"}
	d, err := escalation.NewDirectory([]escalation.Contact{both, one})
	require.NoError(t, err)
	ways := func(d escalation.Directory, id string) []escalation.Via {
		c, ok := d.ByID(id)
		require.True(t, ok)
		return c.Channels()
	}
	last := d.Last(escalation.ViaSlack)
	require.Equal(t, []escalation.Via{"email", "slack"}, ways(last, "a"))
	require.Equal(t, []escalation.Via{"slack"}, ways(last, "b"), "there is no other way")
	require.Equal(t, []escalation.Via{"slack", "email"}, ways(d, "a"))
}
