package calendar_test

import (
	"strings"
	"testing"
)

// Whatever a calendar's server sends, reading it ends, and what is read overlaps the time that was asked for.
func FuzzRead(f *testing.F) {
	f.Add(ics(shiftOfWangwu))
	f.Add(ics("UID:1\nDTSTART;TZID=Europe/Berlin:20260316T090000\nDTEND;TZID=Europe/Berlin:20260323T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2\nEXDATE:20260330T070000Z\nSUMMARY:lisi"))
	f.Add("<html>Please log in</html>")
	f.Fuzz(func(t *testing.T, text string) {
		r := reading(t)
		shifts, _, err := r.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, s := range shifts {
			if !s.Until.After(s.From) || !s.Until.After(r.From) || !s.From.Before(r.Until) {
				t.Fatalf("turn %+v", s)
			}
		}
	})
}
