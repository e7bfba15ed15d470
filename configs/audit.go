package configs

import (
	"fmt"
	"slices"
	"time"
)

// minAuditKey is how long a key must be: whoever has a checkpoint can try keys as fast as a machine can.
const minAuditKey = 32

func (a Audit) validate(ps *Problems) {
	for i, key := range a.Keys {
		path := fmt.Sprintf("audit.keys[%d]", i)
		const fix = "use a random text of at least 32 characters (openssl rand -hex 32)"
		switch n := len(key.Reveal()); {
		case n == 0:
			ps.Add(path, "is empty", "give the key or remove the line")
		case n < minAuditKey:
			ps.Add(path, fmt.Sprintf("has %d characters, too easy to guess", n), fix)
		case slices.ContainsFunc(a.Keys[:i], key.Equal):
			ps.Add(path, "is given twice", "remove one")
		}
	}
	checkAtLeast(ps, "audit.interval", a.Interval, time.Second)
	if !a.URL.Empty() {
		checkStorage(ps, "audit.url", a.URL)
	}
	if a.Channel != "" && !channelName.MatchString(a.Channel) {
		ps.Add("audit.channel", fmt.Sprintf("%q is no channel", a.Channel), "give the channel's name, lower case and without #, or its id (C…)")
	}
}
