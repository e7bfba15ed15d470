package deliver

import (
	"context"

	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/render"
)

// applyRemedy changes the next request so that it avoids f; false if nothing can.
func (w *Worker) applyRemedy(ctx context.Context, s *sending, f *failure) bool {
	switch f.remedy {
	case simplify:
		return w.replaceTable(s, f) || w.simplify(s, f)
	case join:
		return w.join(ctx, s) || w.divert(ctx, s, f)
	case divert:
		return w.divert(ctx, s, f)
	case repost:
		return w.repost(s)
	case repostRoot:
		return s.leaveThread()
	case drop:
		return isRefusal(f) && (w.replaceTable(s, f) || w.simplify(s, f))
	default:
		return false
	}
}

// isRefusal reports whether Slack refused the request; false if opsbot gave up by itself.
func isRefusal(f *failure) bool {
	_, ok := bot.Refusal(f.err)
	return ok
}

// simplify replaces refused blocks by plain text: a person must be told even when the card cannot be drawn.
func (w *Worker) simplify(s *sending, f *failure) bool {
	if s.simplified {
		return false
	}
	s.simplified = true
	w.Log.Error("Slack refused a message; sent as plain text", logKey(s.row), zap.String("cause", f.Error()))
	s.content.Blocks = nil
	s.content.Text = render.WithoutBlocks(w.Renderer.Catalogue, w.locale(s.row), s.content.Text, s.row.Card)
	return true
}

// repost posts a deleted message again.
func (w *Worker) repost(s *sending) bool {
	if s.reposted || s.edit.ts == "" {
		return false
	}
	s.reposted = true
	s.edit = posted{}
	return true
}
