package runs

import (
	"errors"
	"strings"
	"time"

	"opsbot/internal/wallclock"
	"opsbot/messages"
)

// TimeError is a time that a call cannot be planned for, in words for people.
type TimeError struct {
	Message messages.Text
	Cause   error
}

func (e *TimeError) Error() string {
	if e.Cause != nil {
		return "time: " + e.Cause.Error()
	}
	return "time: " + e.Message.ID
}

func (e *TimeError) Unwrap() error { return e.Cause }

// maxAhead is how far ahead a call can be planned: later than that nobody remembers it.
const maxAhead = 366 * 24 * time.Hour

// ParseTime reads when a call shall be made, in the zone of asked, the moment at which somebody asked for it: "18:00", "Fri 18:00",
// "tomorrow 9:00", "2026-12-01 18:00", "in 2h", "周五 18:00", "2h后". now may be later; the time must still be to come. Every error
// is a *TimeError.
func ParseTime(text string, asked, now time.Time) (time.Time, error) {
	at, err := parseTime(strings.TrimSpace(text), asked)
	code := messages.Code(text)
	var gap *wallclock.GapError
	switch {
	case errors.As(err, &gap):
		return at, &TimeError{messages.New("runs.time.gap", "text", code, "next", gap.Next.Format("15:04"), "zone", asked.Location().String()), err}
	case errors.Is(err, wallclock.ErrOver) || err == nil && !at.After(now):
		return at, &TimeError{messages.New("runs.time.past", "text", code), err}
	case err != nil:
		return at, &TimeError{messages.New("runs.time.unreadable", "text", code), err}
	case at.Sub(now) > maxAhead:
		return at, &TimeError{messages.New("runs.time.far", "text", code), nil}
	}
	return at, nil
}

func parseTime(text string, asked time.Time) (time.Time, error) {
	for _, length := range []string{cutPrefix(text, "in "), cutSuffix(text, "后"), cutSuffix(text, "之后")} {
		if d, err := time.ParseDuration(strings.ReplaceAll(length, " ", "")); length != "" && err == nil {
			return asked.Add(d), nil
		}
	}
	return wallclock.Parse(text, asked)
}

func cutPrefix(text, prefix string) string {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return ""
	}
	return text[len(prefix):]
}

func cutSuffix(text, suffix string) string {
	rest, found := strings.CutSuffix(text, suffix)
	if !found {
		return ""
	}
	return rest
}
