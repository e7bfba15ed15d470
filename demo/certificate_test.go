package demo

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/slacksim"
)

// A certificate is renewed from Slack: the form asks for it, the person confirms the plan, a handshake proves it, and undo brings the old one back. The
// private key can be found nowhere but in the cluster.
func TestACertificateIsRenewedAndItsKeyIsFoundNowhere(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a control plane, PostgreSQL and Alertmanager")
	}
	d, logs := startLogged(t)
	certificate, key, err := selfSigned(shopHost, 200*24*time.Hour)
	require.NoError(t, err)
	network := d.slack.User("network")
	require.NoError(t, network.Command(incidents, "/certs"))
	_, err = d.slack.WaitMessage(t.Context(), slacksim.Containing("this one (1 of 1)"))
	require.NoError(t, err)

	require.NoError(t, network.Command(incidents, "/certs renew "+shopSecret))
	view, err := network.WaitModal(t.Context(), "certs renew")
	require.NoError(t, err)
	require.NoError(t, network.Submit(view, map[string]string{"name/menu": shopSecret, "certificate": string(certificate), "key": string(key)}))
	plan, err := d.slack.WaitMessage(t.Context(), slacksim.In(incidents), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, "confirm") }))
	require.NoError(t, err)
	require.Contains(t, plan.Text(), "signed by itself")
	require.NoError(t, network.Click(plan, "confirm"))
	tour := &tour{demo: d}
	answer, err := tour.edited(t.Context(), plan, func(m slacksim.Message) bool { return hasButton(m, calls.ActionUndo) })
	require.NoError(t, err)
	require.Contains(t, answer.Text(), "a handshake at each of the 1 places shows it")
	require.NoError(t, network.Click(answer, calls.ActionUndo))
	back, err := d.slack.WaitMessage(t.Context(), slacksim.In(incidents), slacksim.Where(func(m slacksim.Message) bool { return hasButton(m, "confirm") }))
	require.NoError(t, err)
	require.Contains(t, back.Text(), "Bring back the earlier certificate")

	sent, err := json.Marshal(d.slack.Calls())
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(key)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			lines = append(lines, line)
		}
	}
	lines = append(lines, string(key))
	for _, line := range lines {
		requireNoSecret(t, "what was sent to Slack", sent, line)
		for _, dir := range []string{d.dir, filepath.Dir(d.cluster.AuditLog())} {
			requireNoFileWith(t, dir, line)
		}
	}
	written := logs()
	for _, line := range lines {
		requireNoSecret(t, "opsbot's log", written, line)
	}
}
