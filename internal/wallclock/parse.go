package wallclock

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrOver is the error of a time today that is over.
var ErrOver = errors.New("the time is over")

// Parse reads a time as people write it, in the zone of now: "now", "18:00" and "Sunday 03:00" (the next one after
// now), "today 18:00", "tomorrow 09:00", "2026-03-02 03:00", or RFC 3339. Days may be Chinese: 周日, 星期日, 明天.
// A time that the clocks jump over is a *GapError; of a repeated hour the first is meant.
func Parse(text string, now time.Time) (time.Time, error) {
	text = strings.Join(strings.Fields(text), " ")
	if strings.EqualFold(text, "now") || text == "现在" {
		return now, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.In(now.Location()), nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return At(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), now.Location())
		}
	}
	day, clock, hasDay := strings.Cut(text, " ")
	if !hasDay {
		day, clock = "", text
	}
	at, err := time.Parse("15:04", clock)
	isDay, ok := dayNamed(day)
	if err != nil || !ok {
		return time.Time{}, fmt.Errorf("time %q: want e.g. 18:00, Sunday 03:00, tomorrow 09:00, 2026-03-02 03:00 or RFC 3339", text)
	}
	year, month, today := now.Date()
	for i := range 8 {
		t, err := At(year, month, today+i, at.Hour(), at.Minute(), now.Location())
		if isDay(i, t.Weekday()) && t.After(now) {
			return t, err
		}
	}
	return time.Time{}, fmt.Errorf("time %q: %w", text, ErrOver)
}

// dayNamed returns a function that tells whether a day is the one with the given name. ahead is how many days from today it is.
func dayNamed(name string) (is func(ahead int, day time.Weekday) bool, ok bool) {
	name = strings.ToLower(name)
	switch name {
	case "":
		return func(int, time.Weekday) bool { return true }, true
	case "today", "今天":
		return func(ahead int, _ time.Weekday) bool { return ahead == 0 }, true
	case "tomorrow", "明天":
		return func(ahead int, _ time.Weekday) bool { return ahead == 1 }, true
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		english, chinese := strings.ToLower(day.String()), chineseDay(day)
		if len(name) >= 3 && strings.HasPrefix(english, name) || slices.Contains(chinese, name) {
			return func(_ int, d time.Weekday) bool { return d == day }, true
		}
	}
	return nil, false
}

func chineseDay(day time.Weekday) []string {
	sign := string([]rune("日一二三四五六")[day])
	names := []string{"周" + sign, "星期" + sign}
	if day == time.Sunday {
		names = append(names, "周天", "星期天")
	}
	return names
}
