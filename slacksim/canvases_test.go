package slacksim_test

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func TestCanvas(t *testing.T) { // SF-8.2
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	id, err := api.CreateCanvas("INC-1", slack.DocumentContent{Type: "markdown", Markdown: "# What happened"})
	require.NoError(t, err)
	require.NoError(t, api.SetCanvasAccess(slack.SetCanvasAccessParams{CanvasID: id, AccessLevel: "write", ChannelIDs: []string{w.ChannelID("#ops")}}))
	info, _, _, err := api.GetFileInfo(id, 0, 0)
	require.NoError(t, err)
	require.Equal(t, "INC-1", info.Title)
	require.Equal(t, []string{w.ChannelID("#ops")}, info.Channels)
	require.NotEmpty(t, info.Permalink)

	for want, err := range map[string]error{
		"canvas_creation_failed": func() error {
			_, err := api.CreateCanvas("big", slack.DocumentContent{Type: "markdown", Markdown: strings.Repeat("x", 1<<20+1)})
			return err
		}(),
		"invalid_arguments": func() error {
			_, err := api.CreateCanvas("html", slack.DocumentContent{Type: "html", Markdown: "x"})
			return err
		}(),
		"canvas_not_found":  api.SetCanvasAccess(slack.SetCanvasAccessParams{CanvasID: "F404", AccessLevel: "read", ChannelIDs: []string{"C1"}}),
		"channel_not_found": api.SetCanvasAccess(slack.SetCanvasAccessParams{CanvasID: id, AccessLevel: "read", ChannelIDs: []string{"C404"}}),
	} {
		require.ErrorContains(t, err, want)
	}
	require.NoError(t, api.DeleteCanvas(id))
	require.ErrorContains(t, api.DeleteCanvas(id), "canvas_not_found")
}
