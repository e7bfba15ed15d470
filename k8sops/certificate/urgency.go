package certificate

import "time"

// Urgency says how near the end of a certificate is.
type Urgency int

// The handbook looks 30, 14 and 7 days ahead.
const (
	Fine Urgency = iota
	InAMonth
	InTwoWeeks
	InAWeek
	Expired
)

// UrgencyOf compares an end with the present.
func UrgencyOf(ends, now time.Time) Urgency {
	const day = 24 * time.Hour
	switch left := ends.Sub(now); {
	case left <= 0:
		return Expired
	case left < 7*day:
		return InAWeek
	case left < 14*day:
		return InTwoWeeks
	case left < 30*day:
		return InAMonth
	}
	return Fine
}
