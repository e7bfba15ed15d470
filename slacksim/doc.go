// Package slacksim is a strict Slack workspace on loopback: Web API, Socket
// Mode, interactivity, a web page to use it by hand, and a Go API to play its
// people in tests. slack-go talks to it unchanged through slack.OptionAPIURL.
//
// It refuses what Slack refuses and with Slack's words. Facts about Slack are
// cited as SF-ids. What Slack would put up with but a careful client must not
// do (a missed ack, a call made before Retry-After ended, a message that Slack
// would split) is recorded as a [Violation].
//
// A test starts a workspace, connects the bot under test, acts as a person and
// waits for what that person would see:
//
//	w := slacksim.New(t, slacksim.Options{Manifest: manifest})
//	startBot(t, w.APIURL(), w.BotToken(), w.AppToken())
//	w.WaitConnected(t.Context(), 1)
//
//	dba := w.User("dba")
//	err := dba.Command("#incidents", "/scale user 5")
//	require.NoError(t, err)
//	card, err := w.WaitMessage(t.Context(), slacksim.In("#incidents"), slacksim.Containing("5 replicas"))
//	require.NoError(t, err)
//	require.NoError(t, dba.Click(card, "Confirm"))
//
// The state is in workspace. Around it are webapi, socketmode, client (what a person's Slack client does) and page; blockkit
// checks and reads blocks, manifest reads the app's manifest, clock is the time.
//
// New fails the test on any violation that [Workspace.AllowViolation] did not
// announce. Faults (see [Workspace.Inject], [Workspace.DropSockets],
// [Workspace.SetOffline]) can be switched while the workspace runs. Time comes
// from Options.Clock, so redelivery, trigger expiry and rate limits can be
// tested with a [FakeClock]; with Options.InMemory the workspace needs no
// network and works inside a testing/synctest bubble.
package slacksim
