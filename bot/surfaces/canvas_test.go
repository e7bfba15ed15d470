package surfaces

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/bot/setup"
	"opsbot/bot/slacktest"
	"opsbot/handlers/operations"
	"opsbot/messages"
	"opsbot/slacksim"
)

func TestACanvasForAChannel(t *testing.T) {
	manifest, err := setup.Manifest(setup.ManifestOptions{Catalogue: slacktest.Catalogue(t), Locale: messages.English})
	require.NoError(t, err)
	w := slacktest.Server(t, slacksim.Options{Manifest: manifest})
	canvases := Canvases{Slack: w.Client}
	link, err := canvases.Create(t.Context(), w.ChannelID("#incidents"), "INC-1", "# 总结\n"+strings.Repeat("数", 1<<19))
	require.NoError(t, err, "what is too long is cut, between characters")
	require.Contains(t, link, "http")

	for _, code := range []string{"free_teams_cannot_create_standalone_canvases", "missing_scope"} {
		w.Inject(slacksim.Fault{Method: "canvases.create", Kind: slacksim.FaultError, Code: code})
		_, err = canvases.Create(t.Context(), w.ChannelID("#incidents"), "INC-1", "x")
		require.ErrorIs(t, err, operations.ErrNoCanvas)
		require.ErrorContains(t, err, code)
	}
	w.Inject(slacksim.Fault{Method: "canvases.access.set", Kind: slacksim.FaultError, Code: "fatal_error"})
	_, err = canvases.Create(t.Context(), w.ChannelID("#incidents"), "INC-1", "x")
	require.ErrorContains(t, err, "fatal_error")
	require.NotErrorIs(t, err, operations.ErrNoCanvas)
}

// A canvas that the channel may not see is of no use to anybody: it is taken away again, and the reason is Slack's.
func TestACanvasThatTheChannelMayNotSee(t *testing.T) {
	manifest, err := setup.Manifest(setup.ManifestOptions{Catalogue: slacktest.Catalogue(t), Locale: messages.English})
	require.NoError(t, err)
	w := slacktest.Server(t, slacksim.Options{Manifest: manifest})
	canvases := Canvases{Slack: w.Client}
	for method, code := range map[string]string{"canvases.access.set": "restricted_action", "files.info": "file_not_found"} {
		w.Inject(slacksim.Fault{Method: method, Kind: slacksim.FaultError, Code: code})
		_, err = canvases.Create(t.Context(), w.ChannelID("#incidents"), "INC-1", "x")
		require.ErrorIs(t, err, operations.ErrCanvasFailed)
		require.ErrorContains(t, err, code)
	}
	_, err = canvases.Create(t.Context(), "C0UNKNOWN", "INC-1", "x")
	require.ErrorIs(t, err, operations.ErrCanvasFailed)
	require.ErrorContains(t, err, "channel_not_found", "a private channel that opsbot is not in")
	require.Equal(t, 3, w.CallCount("canvases.delete"))
}

// Everybody in the channel would read it.
func TestNoCanvasForASharedChannel(t *testing.T) {
	w := slacktest.Server(t, slacksim.Options{})
	for _, unknown := range []error{nil, errors.New("no answer")} {
		canvases := Canvases{Slack: w.Client, IsShared: func(context.Context, string) (bool, error) { return unknown == nil, unknown }}
		_, err := canvases.Create(t.Context(), w.ChannelID("#incidents"), "INC-1", "x")
		require.ErrorIs(t, err, operations.ErrSharedChannel)
	}
	require.Zero(t, w.CallCount("canvases.create"))
}
