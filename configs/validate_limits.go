package configs

import "fmt"

func (l Limits) validate(ps *Problems) {
	for _, limit := range []struct {
		key          string
		given, least int
	}{{"commands_per_minute", l.Commands, 2}, {"reads_at_once", l.Reads, 1}, {"megabytes_per_second", l.Megabytes, 0}} {
		if limit.given < limit.least {
			ps.Add("limits."+limit.key, fmt.Sprintf("is %d", limit.given), fmt.Sprintf("give %d or more", limit.least))
		}
	}
}
