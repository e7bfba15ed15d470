package wallclock

import (
	"strings"
	"time"
)

// FormatDuration writes a duration as people type it, without the zero units that Duration.String keeps: "5m0s" is "5m", "1h0m0s" is "1h".
func FormatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
