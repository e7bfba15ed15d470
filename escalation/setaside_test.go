package escalation_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// One delivery that can never be stored, or that ends in a panic, keeps no other alert from its incident, and somebody hears of it.
func TestDeliveryThatCannotBeTakenInIsSetAside(t *testing.T) {
	for name, refuse := range map[string]func() error{
		"refused": func() error { return fmt.Errorf("value too long: %w", escalation.ErrRefused) },
		"panic":   func() error { panic("index out of range") },
	} {
		t.Run(name, func(t *testing.T) { bubble.Test(t, func(t *testing.T) { testSetAside(t, refuse) }) })
	}
}

func testSetAside(t *testing.T, refuse func() error) {
	t.Helper()
	m := newMemory()
	m.refuse = func(c escalation.Change) error {
		if strings.Contains(c.Incident.GroupKey, "bad") {
			return refuse()
		}
		return nil
	}
	s := newService(t, m)
	for i, group := range []string{"before", "bad", "after"} {
		require.NoError(t, s.Receive(t.Context(), payload(t, group, alert(i+1))))
	}
	stop := running(t, s)
	synctest.Wait()
	stop()
	seen := m.seen()
	require.Len(t, m.reasons, 1)
	require.Contains(t, m.reasons[0], escalation.ErrRefused.Error())
	require.Len(t, seen.incidents, 3)
	told := m.groups["opsbot/intake"]
	require.Contains(t, fmt.Sprint(seen.incidents[told].Alerts), "a delivery was set aside")
	require.Equal(t, escalation.System, seen.incidents[told].Role)

	defer running(t, newService(t, m))()
	time.Sleep(16 * time.Minute)
	synctest.Wait()
	require.Equal(t, escalation.Quiet, m.seen().incidents[told].Status, "people are called for a while, also after a restart")
}
