package calendar_test

import "testing"

// Whatever a calendar's server sends, reading it ends, and what is read overlaps the time that was asked for.
func FuzzRead(f *testing.F) {
	f.Add(ics(shiftOfWangwu))
	f.Add(ics("UID:1\nDTSTART;TZID=Europe/Berlin:20260316T090000\nDTEND;TZID=Europe/Berlin:20260323T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2\nEXDATE:20260330T070000Z\nSUMMARY:lisi"))
	f.Add("<html>Please log in</html>")
	f.Fuzz(func(t *testing.T, text string) { requireSane(t, reading(t), text) })
}
