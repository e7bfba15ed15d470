package database

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// inUnits is a value as pg_settings would have it, in the setting's own unit: "262144" for 256MB of a setting in kB. Of a text it is the text.
func (s setting) inUnits(value string) (string, error) {
	switch s.Type {
	case "bool":
		return s.boolean(value)
	case "enum":
		return s.oneOf(value)
	case "integer", "real":
		return s.number(value)
	}
	return value, nil
}

// boolean reads what PostgreSQL reads: on, off, 1, 0, and the beginnings of true, false, yes and no.
func (s setting) boolean(value string) (string, error) {
	lower := strings.ToLower(strings.TrimSpace(value))
	begins := func(words ...string) bool {
		return lower != "" && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, lower) })
	}
	switch {
	case lower == "on", lower == "1", begins("true", "yes"):
		return "on", nil
	case lower == "of", lower == "off", lower == "0", begins("false", "no"):
		return "off", nil
	}
	return "", s.bad(value, messages.New("k8sops.db.set.want.boolean"))
}

func (s setting) oneOf(value string) (string, error) {
	for _, allowed := range s.Values {
		if strings.EqualFold(allowed, strings.TrimSpace(value)) {
			return allowed, nil
		}
	}
	return "", s.bad(value, messages.New("k8sops.db.set.want.one_of", "values", strings.Join(s.Values, ", ")))
}

// number reads a number with or without a unit, and compares it with the setting's bounds.
func (s setting) number(value string) (string, error) {
	size, unit, ok := splitUnit(value)
	factor, known := s.factor(unit)
	if !ok || !known {
		return "", s.bad(value, s.wantNumber())
	}
	size *= factor
	if s.Type == "integer" {
		size = math.RoundToEven(size)
	}
	least, errLeast := strconv.ParseFloat(s.Min, 64)
	most, errMost := strconv.ParseFloat(s.Max, 64)
	if errLeast == nil && size < least || errMost == nil && size > most {
		return "", s.bad(value, s.wantNumber())
	}
	return strconv.FormatFloat(size, 'f', -1, 64), nil
}

func (s setting) wantNumber() messages.Text {
	if s.Unit == "" {
		return messages.New("k8sops.db.set.want.number", "min", s.Min, "max", s.Max)
	}
	return messages.New("k8sops.db.set.want.amount", "min", s.Min, "max", s.Max, "unit", s.Unit)
}

func (s setting) bad(value string, want messages.Text) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.db.set.bad_value", "key", messages.Code(s.Name), "value", messages.Code(value)), Hint: want}
}

// splitUnit takes "256 MB" apart.
func splitUnit(value string) (number float64, unit string, ok bool) {
	value = strings.TrimSpace(value)
	end := strings.IndexFunc(value, func(r rune) bool { return !strings.ContainsRune("0123456789.+-", r) })
	if end < 0 {
		end = len(value)
	}
	number, err := strconv.ParseFloat(value[:end], 64)
	return number, strings.TrimSpace(value[end:]), err == nil
}

// factor is how many of the setting's unit one of another unit is. Units are spelled as PostgreSQL spells them.
func (s setting) factor(unit string) (float64, bool) {
	if unit == "" {
		return 1, true
	}
	sizes := map[string]float64{"B": 1, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
	times := map[string]float64{"us": 1e-3, "ms": 1, "s": 1e3, "min": 6e4, "h": 36e5, "d": 864e5}
	for _, units := range []map[string]float64{sizes, times} {
		own, isOwn := multiple(s.Unit, units)
		one, known := units[unit]
		if isOwn && known {
			return one / own, true
		}
	}
	return 0, false
}

// multiple reads the unit of a setting, which may be a number of another one: "8kB".
func multiple(unit string, units map[string]float64) (float64, bool) {
	digits := strings.TrimLeft(unit, "0123456789")
	size, known := units[digits]
	if count, err := strconv.ParseFloat(strings.TrimSuffix(unit, digits), 64); err == nil {
		size *= count
	}
	return size, known
}

// bytes is the running value of a setting that is a size.
func (s setting) bytes() int64 {
	one, ok := multiple(s.Unit, map[string]float64{"B": 1, "kB": 1 << 10, "MB": 1 << 20})
	n, err := strconv.ParseFloat(s.Value, 64)
	if !ok || err != nil {
		return 0
	}
	return int64(n * one)
}
