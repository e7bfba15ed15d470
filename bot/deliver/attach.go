package deliver

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/messages"
)

// attach uploads the message's files into its thread, each file once: on a second try, files that are already in the thread are
// skipped. A public channel takes messages of a bot that is no member, and no files: then the bot joins it, or the files go to the
// person who asked, and the message says so.
func (w *Worker) attach(ctx context.Context, s *sending, at posted) *failure {
	if s.row.EphemeralTo != "" {
		return nil
	}
	shared := w.isShared(ctx, at.channel) // since the message was posted
	switch {
	case shared && s.row.Requester == "":
		return nil
	case shared, s.answered && s.row.Requester != "": // through the response_url: the bot cannot share a file there
		_, again := w.attachPrivately(ctx, s, s.row.Requester)
		return again
	}
	thread := at.ts
	if s.at.thread != "" {
		thread = s.at.thread
	}
	there := place{channel: at.channel, thread: thread}
	files := slices.DeleteFunc(w.filesOf(s), func(f messages.File) bool { return slices.Contains(s.row.Elsewhere.Files, uploadName(f)) })
	refused, again := w.upload(ctx, s.row, files, there, at.ts)
	if refused != nil && refused.remedy == join && w.join(ctx, &sending{row: s.row, at: there}) {
		refused, again = w.upload(ctx, s.row, files, there, at.ts)
	}
	if refused == nil || again != nil {
		return again
	}
	return w.attachElsewhere(ctx, s, at, refused)
}

// attachPrivately sends the files in a direct message: in the channel the files of an ephemeral answer would be public.
func (w *Worker) attachPrivately(ctx context.Context, s *sending, user string) (refused, again *failure) {
	files := w.filesOf(s)
	if len(files) == 0 {
		return nil, nil
	}
	channel, f := w.dmChannel(ctx, place{channel: user})
	if f != nil && canTryAgain(f) {
		return nil, f
	}
	if f != nil {
		return f, nil
	}
	return w.upload(ctx, s.row, files, place{channel: channel}, "")
}

// sayWhereFilesAre adds that the files are in the person's direct messages: the message itself stands where they cannot. Where Slack refused
// them there too, it says that.
func (w *Worker) sayWhereFilesAre(s *sending, refused *failure) {
	if len(w.filesOf(s)) == 0 {
		return
	}
	note := messages.New("bot.files_in_dm")
	if refused != nil {
		note = messages.New("bot.files_missing", "reason", refused.code)
	}
	card := s.row.Card
	card.Footer = append(slices.Clone(card.Footer), note)
	s.content = w.Renderer.Message(card, s.row.Locale)
}

func (w *Worker) filesOf(s *sending) []messages.File {
	return slices.Concat(s.row.Card.Files, s.content.Overflow)
}

// upload gives why a file was refused, which another try does not change; and why the whole has to be tried again.
func (w *Worker) upload(ctx context.Context, row Row, files []messages.File, at place, after string) (refused, again *failure) {
	files = slices.DeleteFunc(slices.Clone(files), func(f messages.File) bool { return len(f.Content) == 0 || w.uploads.has(row, uploadName(f)) })
	if len(files) == 0 {
		return nil, nil
	}
	present := map[string]bool{}
	if row.InFlight || row.SentVersion > 0 || row.Attempts > 0 {
		var f *failure
		if present, f = w.filesIn(ctx, at, after); f != nil {
			return nil, f
		}
	}
	for _, file := range files {
		if !present[uploadName(file)] {
			f := w.uploadOne(ctx, row, file, at)
			if f != nil && canTryAgain(f) {
				return nil, f
			}
			if f != nil {
				refused = f
				continue
			}
		}
		w.uploads.add(row, uploadName(file))
	}
	return refused, nil
}

// canTryAgain reports whether the same upload may succeed later.
func canTryAgain(f *failure) bool {
	return f.remedy == throttled || f.remedy == retry || f.remedy == unknownOutcome
}

func (w *Worker) uploadOne(ctx context.Context, row Row, file messages.File, at place) *failure {
	// Sharing a file posts it: that counts for the channel's pace like any message (SF-5.5).
	post := func(now time.Time) time.Time { return w.budget.takePost(methodUploadDone, at.channel, now) }
	if f := w.wait(ctx, post); f != nil {
		return f
	}
	title := w.Renderer.Catalogue.Printer(w.locale(row), messages.Plain()).Text(file.Title)
	f := w.call(ctx, methodUploadURL, func(ctx context.Context) error {
		_, err := w.Slack.UploadFileContext(ctx, slack.UploadFileParameters{
			Filename: uploadName(file), Title: title, Reader: bytes.NewReader(file.Content), FileSize: len(file.Content),
			Channel: at.channel, ThreadTimestamp: at.thread,
		})
		return err
	})
	if f == nil {
		return nil
	}
	if f.remedy == throttled { // by which of the three steps is not told
		w.budget.close(methodUploadDone, w.Now().Add(f.after))
	}
	if !canTryAgain(f) {
		w.Log.Error("file not attached", logKey(row), zap.String("file", file.Name), zap.String("channel", at.channel), zap.String("cause", f.Error()))
	}
	return f
}

// filesIn lists the names of our files in a thread or a direct message that were posted after the given message.
func (w *Worker) filesIn(ctx context.Context, at place, after string) (map[string]bool, *failure) {
	present := map[string]bool{}
	cursor := ""
	for range findPages {
		page, next, f := w.history(ctx, at, after, cursor)
		if f != nil && f.remedy != retry && f.remedy != unknownOutcome && f.remedy != throttled {
			return present, nil // cannot be read: a file twice is better than none
		}
		if f != nil {
			return nil, f
		}
		for _, m := range page {
			for _, file := range m.Files {
				if w.isOwn(m) && m.Timestamp >= after {
					present[file.Name] = true
				}
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return present, nil
}

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
