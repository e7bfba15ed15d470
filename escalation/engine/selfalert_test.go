package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/internal/bubble"
)

// What is wrong with opsbot itself is one incident, told once, which ends by itself.
func TestConcernsAreOneIncident(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		const topic = "opsbot/test"
		m := fixture.NewMemory()
		s, err := engine.New(fixture.EngineConfig(t, m))
		require.NoError(t, err)
		defer fixture.Running(t, s)()
		worry := func(channel string) engine.SelfAlert {
			c := engine.SelfAlert{Name: "ChannelClosed", Severity: incident.Critical, Title: "it is shut", Since: time.Now()}
			c.Labels = map[string]string{"channel": channel}
			require.NoError(t, s.Raise(t.Context(), topic, c))
			fixture.Pass(time.Second)
			return c
		}
		active := func() map[string]incident.Alert {
			list, err := s.Active(t.Context(), topic)
			require.NoError(t, err)
			return list
		}
		require.Empty(t, active())
		first := worry("C1")
		worry("C1")
		second := worry("C2")
		require.Len(t, m.Seen().AllIncidents, 1)
		inc := m.Seen().AllIncidents[1]
		require.Equal(t, oncall.System, inc.Role)
		require.Equal(t, "ChannelClosed: it is shut", inc.Title)
		require.Len(t, active(), 2)
		require.Empty(t, m.Seen().AllFiring, "Alertmanager knows nothing of it")

		require.NoError(t, s.Clear(t.Context(), topic, active()[first.Fingerprint(topic)]))
		require.Equal(t, incident.Open, m.Seen().AllIncidents[1].Status)
		require.NoError(t, s.Clear(t.Context(), topic, active()[second.Fingerprint(topic)]))
		require.Equal(t, incident.Quiet, m.Seen().AllIncidents[1].Status)
		require.Empty(t, active())
		require.NoError(t, s.Clear(t.Context(), topic))
	})
}

// What opsbot tells is told once: an end that is taken for overtaken would leave the alert firing for ever.
func TestConcernEndsAlsoWhenTheClockWasSetBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		const topic = "opsbot/test"
		m := fixture.NewMemory()
		c := fixture.EngineConfig(t, m)
		var setBack time.Duration
		c.Now = func() time.Time { return time.Now().Add(-setBack) }
		s, err := engine.New(c)
		require.NoError(t, err)
		require.NoError(t, s.Raise(t.Context(), topic, engine.SelfAlert{Name: "ChannelClosed", Severity: incident.Critical, Since: c.Now()}))
		told, err := s.Active(t.Context(), topic)
		require.NoError(t, err)
		require.Len(t, told, 1)
		setBack = time.Hour
		for _, a := range told {
			require.NoError(t, s.Clear(t.Context(), topic, a))
		}
		require.Equal(t, incident.Quiet, m.Seen().AllIncidents[1].Status)
	})
}

func TestChannelThatComesLast(t *testing.T) {
	both := oncall.Contact{ID: "a", Role: oncall.System, Name: "A", Email: "a@company.com", Slack: "U0A", Pages: []oncall.Via{"slack", "email"}}
	one := oncall.Contact{ID: "b", Role: oncall.DBA, Name: "B", Slack: "U0B"}
	d, err := oncall.NewDirectory([]oncall.Contact{both, one})
	require.NoError(t, err)
	ways := func(d oncall.Directory, id string) []oncall.Via {
		c, ok := d.ByID(id)
		require.True(t, ok)
		return c.Channels()
	}
	last := d.WithLast(oncall.ViaSlack)
	require.Equal(t, []oncall.Via{"email", "slack"}, ways(last, "a"))
	require.Equal(t, []oncall.Via{"slack"}, ways(last, "b"), "there is no other way")
	require.Equal(t, []oncall.Via{"slack", "email"}, ways(d, "a"))
}
