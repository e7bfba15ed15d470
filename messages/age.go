package messages

import (
	"time"

	"github.com/dustin/go-humanize"
)

// Age is how long ago t was, "" where it is not known.
func Age(now, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Duration(max(0, now.Sub(t).Truncate(time.Second)))
}

// Bytes writes a size in binary units: "1.4 MiB". A negative size is 0.
func Bytes(n int64) string { return humanize.IBytes(uint64(max(0, n))) }
