package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Timestamp formats t like Slack's timestamps: seconds with six decimals.
func Timestamp(t time.Time) string {
	micros := t.UnixMicro()
	return fmt.Sprintf("%d.%06d", micros/1_000_000, micros%1_000_000)
}

// ParseTimestamp is the time of one of Slack's timestamps; false if it is none.
func ParseTimestamp(ts string) (time.Time, bool) {
	seconds, micros, ok := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if !ok || err != nil || len(micros) != 6 {
		return time.Time{}, false
	}
	us, err := strconv.ParseInt(micros, 10, 64)
	return time.Unix(s, us*1000).UTC(), err == nil
}
