package roster

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"opsbot/internal/wallclock"
	"opsbot/k8sops"
	"opsbot/messages"
)

// maxOverride is how long an override may last, and how far ahead it may begin: longer than that is a new contact table.
const maxOverride = 92 * 24 * time.Hour

// parsePeriod reads "until 18:00", "until Mon 09:00 from Sun 18:00", "for 8h" and "2d", with now in the zone of the person who
// wrote it. Without a beginning it begins now.
func parsePeriod(text string, now time.Time) (from, until time.Time, err error) {
	parts, err := periodParts(text)
	if err == nil {
		from, until, err = parts.times(now)
	}
	var gap *wallclock.GapError
	switch {
	case errors.As(err, &gap):
		return from, until, badPeriod(messages.New("oncall.period_gap", "time", gap.Wanted, "next", gap.Next.Format("15:04")), err)
	case err != nil:
		return from, until, badPeriod(messages.New("oncall.bad_period", "text", messages.Code(text)), err)
	case !until.After(from) || !until.After(now):
		return from, until, badPeriod(messages.New("oncall.period_over", "from", messages.Date(from), "until", messages.Date(until)), nil)
	case until.Sub(now) > maxOverride:
		return from, until, badPeriod(messages.New("oncall.period_far", "until", messages.Date(until), "days", int(maxOverride/(24*time.Hour))), nil)
	}
	return from, until, nil
}

func badPeriod(message messages.Text, cause error) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: message, Hint: messages.New("oncall.period_hint"), Cause: cause}
}

// period is what stands behind each of the words that a period is made of.
type period struct{ from, until, length string }

func periodParts(text string) (p period, err error) {
	part := &p.until // the word may be left out
	for word := range strings.FieldsSeq(text) {
		var next *string
		switch strings.ToLower(word) {
		case "from", "从":
			next = &p.from
		case "until", "till", "to", "到", "至":
			next = &p.until
		case "for":
			next = &p.length
		default:
			*part = strings.TrimSpace(*part + " " + word)
			continue
		}
		if *next != "" {
			return p, fmt.Errorf("period %q: %q twice", text, word)
		}
		part = next
	}
	return p, nil
}

func (p period) times(now time.Time) (from, until time.Time, err error) {
	from = now
	if p.from != "" {
		if from, err = wallclock.Parse(p.from, now); err != nil {
			return from, until, err
		}
	}
	if p.until != "" && p.length != "" {
		return from, until, fmt.Errorf("both an end (%q) and a length (%q)", p.until, p.length)
	}
	if length, err := k8sops.ParseDuration(p.until + p.length); err == nil {
		return from, from.Add(length), nil
	}
	if p.length != "" {
		return from, until, fmt.Errorf("length %q is no duration", p.length)
	}
	until, err = wallclock.Parse(p.until, from)
	return from, until, err
}
