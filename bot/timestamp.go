package bot

import (
	"strconv"
	"strings"
	"time"
)

// Timestamp formats t like Slack's timestamps: seconds with six decimals.
func Timestamp(t time.Time) string {
	micros := t.UnixMicro()
	return strconv.FormatInt(micros/1_000_000, 10) + "." + pad6(micros%1_000_000)
}

func pad6(n int64) string {
	s := strconv.FormatInt(n, 10)
	return "000000"[:6-len(s)] + s
}

func ParseTimestamp(ts string) (time.Time, bool) {
	seconds, micros, ok := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if !ok || err != nil || len(micros) != 6 {
		return time.Time{}, false
	}
	us, err := strconv.ParseInt(micros, 10, 64)
	return time.Unix(s, us*1000).UTC(), err == nil
}
