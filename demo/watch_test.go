package demo

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/messages"
	"opsbot/slacksim"
)

// A live view stands in one message that is edited until somebody stops it from elsewhere.
func TestAWatchIsStoppedByCancel(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a control plane, PostgreSQL and Alertmanager")
	}
	d, err := startDemo(t.Context(), Options{Speed: 20, Listen: "127.0.0.1:0", Locale: messages.English, Out: &bytes.Buffer{}, Log: zaptest.NewLogger(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	system, tour := d.slack.User("system"), &tour{demo: d}
	require.NoError(t, system.Command(incidents, "/watch pods --for 5m"))
	view, err := d.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("payment-service"))
	require.NoError(t, err)
	require.NoError(t, d.cluster.Deploy(ctx, "ecommerce-k8s", "payment-service", "payment-service:2.0"))
	_, err = tour.edited(ctx, view, func(m slacksim.Message) bool { return m.Text() != view.Text() })
	require.NoError(t, err)

	require.NoError(t, system.Command(incidents, "/ops cancel"))
	list, err := d.slack.WaitMessage(ctx, slacksim.EphemeralTo("system"), slacksim.Containing("/watch --for 5m"))
	require.NoError(t, err)
	stop := ""
	for _, b := range list.Buttons() {
		if strings.Contains(b.Value, "ops cancel ") {
			stop = b.Value
		}
	}
	require.NotEmpty(t, stop, list.Text())
	require.NoError(t, system.Command(incidents, "/"+stop))
	stopped, err := tour.edited(ctx, view, func(m slacksim.Message) bool { return !hasButton(m, "stop") })
	require.NoError(t, err)
	require.Contains(t, stopped.Text(), "Stopped; this is the last state seen")
}
