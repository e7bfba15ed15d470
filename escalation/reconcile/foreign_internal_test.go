package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
)

// What Alertmanager never knew has not ended because it does not hold it: Grafana reports the end itself.
func TestForeignAlertsAreNotEnded(t *testing.T) {
	inc := incident.Incident{Alerts: map[string]incident.Alert{
		"a": {Fingerprint: "a", Firing: true, Foreign: true}, "b": {Fingerprint: "b", Firing: true},
	}}
	n := endingDelivery(inc, []string{"a", "b"}, looked)
	require.Len(t, n.Alerts, 1)
	require.Equal(t, "b", n.Alerts[0].Fingerprint)
}
