package check

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/alertmanager"
	"opsbot/internal/apptest"
)

func TestCheckOfAlertmanager(t *testing.T) {
	g := apptest.NeedAlertmanager(t)
	am := apptest.StartAlertmanager(t, g, "")
	slack := apptest.Workspace(t)
	checked := func(edit func(*configs.Alertmanager)) string {
		t.Helper()
		c := apptest.Config(t, slack)
		u, err := configs.ParseURL(strings.Replace(am.URL, "http://", "http://ops:secret@", 1))
		require.NoError(t, err)
		c.Alertmanager.URL = configs.SecretURL{URL: u}
		edit(&c.Alertmanager)
		var out strings.Builder
		require.Error(t, Run(t.Context(), &out, c), "there is no cluster")
		require.NotContains(t, out.String(), "secret")
		return out.String()
	}
	g.State.Store(apptest.GateSwallows)
	none := checked(func(*configs.Alertmanager) {})
	require.Contains(t, none, "ok    Alertmanager: "+am.URL+" answers, version 0.")
	require.Contains(t, none, "has no alert Watchdog")
	require.NoError(t, am.Post(t.Context(), alertmanager.Alert{Labels: map[string]string{"alertname": "Watchdog"}, EndsAt: time.Now().Add(5 * time.Minute)}))
	require.Eventually(t, func() bool { return g.Refused.Load() > 0 }, 10*time.Second, 10*time.Millisecond)
	require.Contains(t, checked(func(*configs.Alertmanager) {}), "repeats the alert Watchdog at least every 600ms")
	require.Contains(t, checked(func(a *configs.Alertmanager) { a.Watchdog.Silence = 500 * time.Millisecond }), "FAIL  dead man's switch")
	require.Contains(t, checked(func(a *configs.Alertmanager) { a.Receiver = "ops" }), "has no receiver named ops, only opsbot")
	require.NoError(t, am.Close())
	require.Contains(t, checked(func(*configs.Alertmanager) {}), "FAIL  Alertmanager: status of Alertmanager")
}
