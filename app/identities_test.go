package app

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// Whoever is deactivated may do nothing from that moment, though opsbot has just looked them up.
func TestDeactivationIsImmediate(t *testing.T) {
	slack := apptest.Workspace(t)
	a := startApp(t, apptest.Config(t, slack))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	dba := slack.User("dba")
	_, err := a.dispatcher.Identities.Identify(ctx, dba.ID())
	require.NoError(t, err)
	dba.Deactivate()
	require.Eventually(t, func() bool {
		_, err := a.dispatcher.Identities.Identify(ctx, dba.ID())
		return err != nil
	}, 10*time.Second, 10*time.Millisecond)
}

// An e-mail address that another Slack user takes over gives no rights, and the system administrator hears of it.
func TestATakenOverAddressIsRefusedAndTold(t *testing.T) {
	slack := apptest.Workspace(t)
	a := startApp(t, apptest.Config(t, slack))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	dba, thief := slack.User("dba"), slack.User("outsider")
	_, err := a.dispatcher.Identities.Identify(ctx, dba.ID())
	require.NoError(t, err)
	address := dba.Email()
	dba.ChangeEmail("old@company.com", true)
	thief.ChangeEmail(address, true)
	require.Eventually(t, func() bool {
		person, err := a.people.Person(ctx, thief.ID())
		return err == nil && person.Email == address
	}, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, thief.Command(incidents, "/incident list"))
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("belongs to Slack user "+thief.ID()))
	require.NoError(t, err)
	_, err = a.dispatcher.Identities.Identify(ctx, thief.ID())
	require.Error(t, err)
}
