package operations

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
	"opsbot/messages"
)

// withoutCanvases has drafts in files only.
type withoutCanvases struct {
	Timelines
	why error
}

func (t withoutCanvases) Canvas(context.Context, int64, string) (string, error) { return "", t.why }

func (withoutCanvases) Postmortem(context.Context, int64, string) (messages.Card, error) {
	return messages.Card{Files: []messages.File{{Name: "inc-1-postmortem.md"}}}, nil
}

// Whatever is in the way of a canvas, the files come instead, with the reason in the reader's language.
func TestWithoutACanvasTheFilesCome(t *testing.T) {
	for want, why := range map[string]error{
		"incident.canvas_shared": ErrSharedChannel,
		"incident.no_canvas":     &CanvasError{Why: ErrNoCanvas, Code: "paid_teams_only", Cause: errors.New("create canvas")},
		"incident.canvas_failed": &CanvasError{Why: ErrCanvasFailed, Code: "channel_not_found", Cause: errors.New("give access")},
	} {
		o := incidentPostmortem{Incidents{Timelines: withoutCanvases{why: why}}}
		card, err := o.answer(t.Context(), &k8sops.Call{}, postmortemArgs{Incident: "1", Form: formCanvas})
		require.NoError(t, err, want)
		require.Equal(t, want, card.Sections[0].Text.ID)
		require.Len(t, card.Files, 1)
	}
	o := incidentPostmortem{Incidents{Timelines: withoutCanvases{why: errors.New("database is locked")}}}
	_, err := o.answer(t.Context(), &k8sops.Call{}, postmortemArgs{Incident: "1", Form: formCanvas})
	require.ErrorContains(t, err, "database is locked")
}
