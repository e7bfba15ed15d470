package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/calendar"
	"opsbot/escalation/oncall"
)

// OnCallFeed is who is on call for calendar programs to subscribe to: GET /oncall/<role>.ics?token=… They can send no
// header, so the token is in the address. It answers 404 to whoever has none, as if there were no such address.
type OnCallFeed struct {
	// Open tells whether a person's token is one. It is nil as long as opsbot starts.
	Open func() func(ctx context.Context, token string) (bool, error)
	// Tokens are those of nobody in particular.
	Tokens []string
	// Directories is nil as long as opsbot starts.
	Directories func() oncall.Directories
	// Title names the calendar of a role.
	Title func(oncall.Role) string
	Now   func() time.Time
	Log   *zap.Logger
}

const (
	feedBehind = 14 * 24 * time.Hour
	feedAhead  = 92 * 24 * time.Hour
)

func (f *OnCallFeed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, isCalendar := strings.CutSuffix(r.PathValue("calendar"), ".ics")
	role, isRole := oncall.ParseRole(name)
	if !isCalendar || !isRole {
		http.NotFound(w, r)
		return
	}
	directories, open := f.Directories(), f.Open()
	if directories == nil || open == nil {
		http.Error(w, "opsbot is starting, try again", http.StatusServiceUnavailable)
		return
	}
	switch isOpen, err := f.isOpen(r, open); {
	case err != nil:
		f.Log.Error("token of a calendar not looked up", zap.Error(err))
		http.Error(w, "not available now, try again", http.StatusServiceUnavailable)
		return
	case !isOpen:
		http.NotFound(w, r)
		return
	}
	directory, err := directories.Directory(r.Context())
	var body bytes.Buffer
	if now := f.Now(); err == nil {
		err = calendar.Write(&body, directory, role, f.Title(role), now.Add(-feedBehind), now.Add(feedAhead), now)
	}
	if err != nil {
		f.Log.Error("calendar of a role not written", zap.String("role", string(role)), zap.Error(err))
		http.Error(w, "not available now, try again", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(body.Bytes()) // the reader has gone: nobody to tell
}

func (f *OnCallFeed) isOpen(r *http.Request, open func(context.Context, string) (bool, error)) (bool, error) {
	token := r.URL.Query().Get("token")
	if isOneOf(f.Tokens, token) {
		return true, nil
	}
	return open(r.Context(), token)
}
