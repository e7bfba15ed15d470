package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/internal/bubble"
)

// One delivery that can never be stored, or that ends in a panic, keeps no other alert from its incident, and somebody hears of it.
func TestDeliveryThatCannotBeTakenInIsSetAside(t *testing.T) {
	for name, refuse := range map[string]func() error{
		"refused": func() error { return fmt.Errorf("value too long: %w", incident.ErrRefused) },
		"panic":   func() error { panic("index out of range") },
	} {
		t.Run(name, func(t *testing.T) { bubble.Test(t, func(t *testing.T) { testSetAside(t, refuse) }) })
	}
}

func testSetAside(t *testing.T, refuse func() error) {
	t.Helper()
	m := fixture.NewMemory()
	m.Refuse = func(c escalation.Change) error {
		if strings.Contains(c.Incident.GroupKey, "bad") {
			return refuse()
		}
		return nil
	}
	s := fixture.NewEngine(t, m)
	for i, group := range []string{"before", "bad", "after"} {
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, group, fixture.Alert(i+1))))
	}
	stop := fixture.Running(t, s)
	synctest.Wait()
	stop()
	seen := m.Seen()
	require.Len(t, m.Reasons, 1)
	require.Contains(t, m.Reasons[0], incident.ErrRefused.Error())
	require.Len(t, seen.AllIncidents, 3)
	told := m.Groups["opsbot/intake"]
	require.Contains(t, fmt.Sprint(seen.AllIncidents[told].Alerts), "a delivery was set aside")
	require.Equal(t, oncall.System, seen.AllIncidents[told].Role)

	defer fixture.Running(t, fixture.NewEngine(t, m))()
	time.Sleep(16 * time.Minute)
	synctest.Wait()
	require.Equal(t, incident.Quiet, m.Seen().AllIncidents[told].Status, "people are called for a while, also after a restart")
}
