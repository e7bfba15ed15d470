package deliver

import (
	"time"

	"go.uber.org/zap"

	"opsbot/bot/render"
)

const (
	// tablesRest is how long no message has Slack's own table after Slack refused one. A workspace that does not have them does not
	// get them within an hour, and every refusal costs a request.
	tablesRest = time.Hour
	// noTableAfter is after how many tries without a clear answer a message is sent without the table: Slack has failed on tables
	// without saying why.
	noTableAfter = 2
)

// render draws the row's card. An ephemeral message has no table of Slack's own: a response_url cannot be used often enough to try.
func (w *Worker) render(row Row) render.Message {
	if row.EphemeralTo != "" || w.unknown.times(row) >= noTableAfter || w.tablesRefused() {
		return w.Renderer.Message(withNote(row), row.Locale)
	}
	return w.Renderer.MessageWithTable(withNote(row), row.Locale)
}

// replaceTable draws the message without Slack's own table; false if there is none.
func (w *Worker) replaceTable(s *sending, f *failure) bool {
	if !s.content.HasTable {
		return false
	}
	s.withoutTable = true
	w.Log.Warn("Slack refused a message with a table; sent without", logKey(s.row), zap.String("cause", f.Error()))
	s.content = w.Renderer.Message(withNote(s.row), s.row.Locale)
	return true
}

// learnAboutTables leaves tables out for a while if the message was refused with one and accepted without.
func (w *Worker) learnAboutTables(s *sending) {
	if !s.withoutTable || s.simplified || s.diverted {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tablesAgainAt = w.Now().Add(tablesRest)
}

func (w *Worker) tablesRefused() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Now().Before(w.tablesAgainAt)
}
