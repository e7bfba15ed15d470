package calendar

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"
)

// maxOnsets is how often the clocks of a zone may change, far above what any zone on Earth has done since 1900.
const maxOnsets = 2_000

// onset is a moment at which the clocks of a zone change.
type onset struct {
	at       time.Time
	from, to int // seconds east of Greenwich
	isDST    bool
}

// defined is the time zone that a VTIMEZONE defines by rules of its own (RFC 5545, 3.6.5). After until its clocks stay as they are.
func defined(id string, definition *ical.Component, until time.Time) (zone *time.Location, err error) {
	defer func() {
		if cause := recover(); cause != nil { // as in collector.occurrences
			zone, err = nil, fmt.Errorf("time zone %s: %v", id, cause)
		}
	}()
	var onsets []onset
	for _, part := range definition.Children {
		found, err := onsetsOf(part, until.AddDate(1, 0, 0))
		if err != nil {
			return nil, fmt.Errorf("time zone %s: %w", id, err)
		}
		if onsets = append(onsets, found...); len(onsets) > maxOnsets {
			return nil, fmt.Errorf("time zone %s: more than %d changes of the clocks", id, maxOnsets)
		}
	}
	if len(onsets) == 0 {
		return nil, fmt.Errorf("time zone %s: no rules", id)
	}
	slices.SortStableFunc(onsets, func(a, b onset) int { return a.at.Compare(b.at) })
	data, err := encodeZone(onsets)
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", id, err)
	}
	return time.LoadLocationFromTZData(id, data)
}

// onsetsOf are the onsets of one STANDARD or DAYLIGHT part.
func onsetsOf(part *ical.Component, until time.Time) ([]onset, error) {
	from, err := offset(valueOf(part, ical.PropTimezoneOffsetFrom))
	if err != nil {
		return nil, err
	}
	to, err := offset(valueOf(part, ical.PropTimezoneOffsetTo))
	if err != nil {
		return nil, err
	}
	// Before an onset the clocks show the former offset, and its rule means what they show.
	clock := time.FixedZone("", from)
	start, err := time.ParseInLocation(localForm, valueOf(part, ical.PropDateTimeStart), clock)
	if err != nil {
		return nil, err
	}
	times := []time.Time{start}
	if rule := valueOf(part, ical.PropRecurrenceRule); rule != "" {
		if times, err = yearly(rule, start, until); err != nil {
			return nil, err
		}
	}
	for _, value := range valuesOf(part, ical.PropRecurrenceDates) {
		at, err := time.ParseInLocation(localForm, value, clock)
		if err != nil {
			return nil, err
		}
		times = append(times, at)
	}
	onsets := make([]onset, len(times))
	for i, at := range times {
		onsets[i] = onset{at: at, from: from, to: to, isDST: part.Name == ical.CompTimezoneDaylight}
	}
	return onsets, nil
}

// yearly are the times of a rule of a time zone from 1900 on. Exchange begins its rules in 1601.
func yearly(text string, start, until time.Time) ([]time.Time, error) {
	option, err := rrule.StrToROptionInLocation(strings.TrimSuffix(text, ";"), start.Location())
	if err != nil {
		return nil, err
	}
	if option.Freq != rrule.YEARLY || len(option.Byhour)+len(option.Byminute)+len(option.Bysecond) > 0 {
		return nil, errors.New("its clocks do not change once a year")
	}
	option.Dtstart = start
	if option.Until.IsZero() { // else the rules end 290 years after their beginning
		option.Until = until
	}
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, err
	}
	return rule.Between(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), until, true), nil
}

var offsetForm = regexp.MustCompile(`^([+-])(\d\d):?([0-5]\d):?([0-5]\d)?$`)

// offset is an offset from UTC such as -0330, in seconds.
func offset(text string) (int, error) {
	parts := offsetForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("%q is no offset from UTC", text)
	}
	seconds := 0
	for _, part := range parts[2:] {
		n, _ := strconv.Atoi(cmp.Or(part, "0")) // the form has two digits
		seconds = seconds*60 + n
	}
	if parts[1] == "-" {
		seconds = -seconds
	}
	return seconds, nil
}

// clock is what the clocks of a zone show for a while.
type clock struct {
	offset int
	isDST  bool
}

// encodeZone writes a zone as a TZif file of version 2 (RFC 8536), which is the only way to give the time package a zone.
func encodeZone(onsets []onset) ([]byte, error) {
	const abbreviation = "-00\x00"
	clocks, indexes := clocksOf(onsets)
	if len(clocks) > math.MaxUint8 {
		return nil, errors.New("too many different offsets")
	}
	b := append(zoneHeader(0, 0, 0), zoneHeader(len(onsets), len(clocks), len(abbreviation))...)
	for _, o := range onsets {
		b = binary.BigEndian.AppendUint64(b, uint64(o.at.Unix()))
	}
	for _, i := range indexes {
		b = append(b, byte(i))
	}
	for _, c := range clocks {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(c.offset)))
		isDST := byte(0)
		if c.isDST {
			isDST = 1
		}
		b = append(b, isDST, 0)
	}
	return append(b, abbreviation+"\n\n"...), nil
}

// clocksOf are the clocks of a zone, the one before the first onset first, and for each onset the index of its clock.
func clocksOf(onsets []onset) (clocks []clock, indexes []int) {
	clocks = []clock{{offset: onsets[0].from}}
	for _, o := range onsets {
		c := clock{offset: o.to, isDST: o.isDST}
		at := slices.Index(clocks[1:], c) + 1
		if at == 0 {
			clocks, at = append(clocks, c), len(clocks)
		}
		indexes = append(indexes, at)
	}
	return clocks, indexes
}

// zoneHeader leaves out leap seconds, and what only matters for daylight saving time without rules.
func zoneHeader(times, clocks, chars int) []byte {
	b := append([]byte("TZif2"), make([]byte, 15+3*4)...)
	for _, n := range []int{times, clocks, chars} {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}
