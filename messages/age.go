package messages

import (
	"strconv"
	"time"
)

// Age is how long ago t was, "" where it is not known.
func Age(now, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Duration(max(0, now.Sub(t).Truncate(time.Second)))
}

// Bytes writes a size in binary units: "1.4 MiB".
func Bytes(n int64) string {
	const step = 1024
	if n < step {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, units := float64(n)/step, "KMGTP"
	for value >= step && len(units) > 1 {
		value, units = value/step, units[1:]
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + " " + units[:1] + "iB"
}
