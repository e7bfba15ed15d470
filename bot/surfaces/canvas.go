package surfaces

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/handlers/operations"
)

// maxCanvas is the most Markdown that Slack takes at once, in bytes (SF-8.2).
const maxCanvas = 1 << 20

// Canvases makes canvases, Slack's shared documents.
type Canvases struct {
	Slack *slack.Client
	// IsShared tells whether people of other organisations read a channel; the error is why Slack does not say. Nil: none is shared.
	IsShared func(ctx context.Context, channel string) (bool, error)
}

// Create makes a canvas that the members of a channel may edit, and returns the link to it; operations.ErrSharedChannel where
// these may be of other organisations, an *operations.CanvasError where Slack makes none. What goes beyond Slack's limit is cut.
func (c Canvases) Create(ctx context.Context, channel, title, markdown string) (link string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*bot.CallTimeout)
	defer cancel()
	if c.IsShared != nil {
		if shared, err := c.IsShared(ctx, channel); shared || err != nil {
			return "", operations.ErrSharedChannel
		}
	}
	id, err := c.Slack.CreateCanvasContext(ctx, title, slack.DocumentContent{Type: "markdown", Markdown: cutBytes(markdown, maxCanvas)})
	if err != nil {
		return "", canvasError("create canvas", err)
	}
	if link, err = c.share(ctx, id, channel); err != nil {
		_ = c.Slack.DeleteCanvasContext(ctx, id) // nobody would find it
	}
	return link, err
}

// share gives the channel access, and finds the link.
func (c Canvases) share(ctx context.Context, id, channel string) (link string, err error) {
	access := slack.SetCanvasAccessParams{CanvasID: id, AccessLevel: "write", ChannelIDs: []string{channel}}
	if err := c.Slack.SetCanvasAccessContext(ctx, access); err != nil {
		return "", canvasError("give the channel access to canvas "+id, err)
	}
	info, _, _, err := c.Slack.GetFileInfoContext(ctx, id, 0, 0)
	if err != nil {
		return "", canvasError("find the link to canvas "+id, err)
	}
	return info.Permalink, nil
}

// canvasError tells a workspace that has no canvases, on a free plan or because they are switched off, from one canvas that Slack does not
// make, or does not give to a channel: a private one that opsbot is not in, for example.
func canvasError(action string, err error) error {
	e := &operations.CanvasError{Why: operations.ErrCanvasFailed, Code: bot.Classify(err).Code, Cause: fmt.Errorf("%s: %w", action, err)}
	if isNoCanvas(e.Code) {
		e.Why = operations.ErrNoCanvas
	}
	return e
}

func isNoCanvas(code string) bool {
	switch code {
	case "canvas_disabled_user_team", "canvas_disabled_file_team", "free_teams_cannot_create_standalone_canvases",
		"team_tier_cannot_create_channel_canvases", "not_supported_free_team", "plan_upgrade_required", "paid_teams_only",
		"missing_scope": // an app that was installed before it asked for canvases:write
		return true
	default:
		return false
	}
}

// cutBytes cuts between characters.
func cutBytes(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
