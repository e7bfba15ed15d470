package webapi

import (
	"cmp"
	"encoding/json"
	"slices"

	"opsbot/slacksim/workspace"
)

// canvasBytes is the most Markdown that one call takes (SF-8.2).
const canvasBytes = 1 << 20

// canvasType is a canvas among files, which it is for the rest of the API.
const canvasType = "application/vnd.slack-docs"

func canvasMethods() []method {
	write := []string{"canvases:write"}
	return []method{
		{name: "canvases.create", tier: tier2, scopes: write, run: canvasesCreate},
		{name: "canvases.access.set", tier: tier3, scopes: write, run: canvasesAccessSet},
		{name: "canvases.delete", tier: tier3, scopes: write, run: canvasesDelete},
	}
}

func canvasesCreate(w *API, c *call) (obj, error) {
	var content struct{ Type, Markdown string }
	if c.has("document_content") {
		if json.Unmarshal([]byte(c.str("document_content")), &content) != nil || content.Type != "markdown" {
			return nil, refuseArgument("document_content must be of type markdown")
		}
	}
	if len(content.Markdown) > canvasBytes {
		return nil, refuse("canvas_creation_failed")
	}
	title := cmp.Or(c.str("title"), "Untitled")
	f := &upload{
		File:     workspace.File{ID: w.NewID("F"), Name: title, Title: title, Mimetype: canvasType, Content: []byte(content.Markdown)},
		uploaded: true, completed: true, created: w.Options.Clock.Now().Unix(),
	}
	w.uploads[f.ID] = f
	return obj{"canvas_id": f.ID}, nil
}

// canvasesAccessSet lets channels read or edit a canvas: until then it is its maker's alone.
func canvasesAccessSet(w *API, c *call) (obj, error) {
	f := w.uploads[c.str("canvas_id")]
	switch {
	case f == nil || f.deleted || f.Mimetype != canvasType:
		return nil, refuse("canvas_not_found")
	case !slices.Contains([]string{"read", "write", "owner"}, c.str("access_level")):
		return nil, refuseArgument("access_level must be read, write or owner")
	case !c.has("channel_ids") && !c.has("user_ids"):
		return nil, refuseArgument("one of channel_ids and user_ids is required")
	}
	var channels []string
	if c.has("channel_ids") && json.Unmarshal([]byte(c.str("channel_ids")), &channels) != nil {
		return nil, refuseArgument("channel_ids must be an array")
	}
	for _, id := range channels {
		ch := w.Channels.ByID[id]
		if ch == nil || !ch.VisibleTo(w.App.BotUser) {
			return nil, refuse("channel_not_found")
		}
		f.channels = append(f.channels, id)
	}
	return nil, nil
}

func canvasesDelete(w *API, c *call) (obj, error) {
	f := w.uploads[c.str("canvas_id")]
	if f == nil || f.deleted || f.Mimetype != canvasType {
		return nil, refuse("canvas_not_found")
	}
	f.deleted = true
	return nil, nil
}
