package deliver

import (
	"context"
	"slices"

	"go.uber.org/zap"

	"opsbot/messages"
)

// attachElsewhere sends files that the channel does not take to the person who asked, and makes the message, which stands there without them,
// say where they are. Where nobody asked, or the person cannot be reached, it says that they are missing, and why.
func (w *Worker) attachElsewhere(ctx context.Context, s *sending, at posted, refused *failure) *failure {
	note := messages.New("bot.files_missing", "reason", refused.code)
	if user := s.row.Requester; user != "" && user != s.target() {
		missed, again := w.attachPrivately(ctx, s, user)
		if again != nil {
			return again
		}
		if missed == nil {
			note = messages.New("bot.files_in_dm_instead", "reason", refused.code)
		}
	}
	s.row.Elsewhere.Note = note
	for _, file := range w.filesOf(s) {
		s.row.Elsewhere.Files = append(s.row.Elsewhere.Files, uploadName(file))
	}
	w.storeWithRetry(ctx, s.row, "record where files are", func() error { return w.Outbox.Elsewhere(ctx, s.row.ID, s.row.Elsewhere) })
	return w.sayNote(ctx, s, at)
}

// sayNote edits the message that was just posted. An edit that Slack refuses leaves the message as it is: the files are where they are.
func (w *Worker) sayNote(ctx context.Context, s *sending, at posted) *failure {
	if at.ts == "" {
		return nil
	}
	edit := *s
	edit.edit = at
	edit.content = w.render(s.row)
	_, f := w.update(ctx, &edit)
	if f == nil || canTryAgain(f) {
		return f
	}
	w.Log.Error("message does not say where its files are", logKey(s.row), zap.String("cause", f.Error()))
	return nil
}

// withNote adds to a message what became of its files.
func withNote(row Row) messages.Card {
	card := row.Card
	if !row.Elsewhere.IsZero() {
		card.Footer = append(slices.Clone(card.Footer), row.Elsewhere.Note)
	}
	return card
}
