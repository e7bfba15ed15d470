package k8sops

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"opsbot/internal/nearest"
	"opsbot/internal/wallclock"
	"opsbot/messages"
)

// All is the workload name that means every workload matching the backend selector.
const All = "all"

// MaxPattern is how long a regular expression may be, in characters.
const MaxPattern = 200

// ValueProblem is why a value is no good, and what was probably meant.
type ValueProblem struct {
	Text  messages.Text
	Meant []string
}

// Parse checks a value against the declaration and gives its canonical form.
func (a Arg) Parse(value string) (string, *ValueProblem) {
	if value == "" {
		return "", &ValueProblem{Text: messages.New("k8sops.arg.empty", "arg", messages.Code(a.Name))}
	}
	switch a.Kind {
	case KindWorkload:
		return a.parseWorkload(value)
	case KindInt:
		return a.parseInt(value)
	case KindDuration:
		return a.parseDuration(value)
	case KindChoice:
		return a.parseChoice(value)
	case KindBool:
		return a.parseBool(value)
	case KindRegexp:
		return a.parseRegexp(value)
	case KindQuantity:
		return a.parseQuantity(value)
	case KindTime:
		return a.parseTime(value)
	case KindSecret:
		return a.parseTyped(value)
	default:
		return a.parseString(value)
	}
}

// parseWorkload also reads "user,order" where the argument may name several; their order is kept.
func (a Arg) parseWorkload(value string) (string, *ValueProblem) {
	if !a.Several || !strings.Contains(value, ",") {
		return a.parseOneWorkload(value)
	}
	one := a
	one.AllowAll = false // "all" beside others is a slip
	var names []string
	for typed := range strings.SplitSeq(value, ",") {
		name, problem := one.parseOneWorkload(typed)
		if problem != nil {
			return "", problem
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ","), nil
}

func (a Arg) parseOneWorkload(value string) (string, *ValueProblem) {
	value = strings.ToLower(value)
	if value == All && !a.AllowAll {
		return "", &ValueProblem{Text: messages.New("k8sops.arg.not_all", "arg", messages.Code(a.Name))}
	}
	// kubectl's own way of naming things is understood too: statefulset/ledger. Which kinds there are, the cluster knows.
	kind, name, qualified := strings.Cut(value, "/")
	if !qualified {
		kind, name = "", value
	}
	if len(validation.IsDNS1123Subdomain(name)) > 0 || qualified && len(validation.IsDNS1123Subdomain(kind)) > 0 {
		return "", &ValueProblem{Text: messages.New("k8sops.arg.not_a_name", "value", messages.Code(value))}
	}
	return value, nil
}

func (a Arg) parseInt(value string) (string, *ValueProblem) {
	n, err := strconv.ParseInt(value, 10, 64)
	if errors.Is(err, strconv.ErrSyntax) {
		return "", a.notAnInteger(value)
	}
	// A number beyond 64 bits comes back as the nearest one that fits: out of range in the same direction.
	arg, bounded := messages.Code(a.Name), a.Min != 0 || a.Max != 0
	switch {
	case bounded && n < int64(a.Min):
		return "", &ValueProblem{Text: messages.New("k8sops.arg.too_small", "arg", arg, "value", value, "min", a.Min)}
	case bounded && n > int64(a.Max):
		return "", &ValueProblem{Text: messages.New("k8sops.arg.too_big", "arg", arg, "value", value, "max", a.Max)}
	}
	return strconv.FormatInt(n, 10), nil
}

// notAnInteger tells the ways apart in which a number is not one, because each has another remedy.
func (a Arg) notAnInteger(value string) *ValueProblem {
	arg := messages.Code(a.Name)
	f, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil || math.IsInf(f, 0) || math.IsNaN(f):
		return &ValueProblem{Text: messages.New("k8sops.arg.not_a_number", "arg", arg, "value", messages.Code(value))}
	case f != math.Trunc(f):
		return &ValueProblem{Text: messages.New("k8sops.arg.fraction", "arg", arg, "value", messages.Code(value))}
	default:
		return &ValueProblem{Text: messages.New("k8sops.arg.plain_digits", "arg", arg, "value", messages.Code(value))}
	}
}

func (a Arg) parseDuration(value string) (string, *ValueProblem) {
	d, err := ParseDuration(strings.ToLower(value))
	switch {
	case err != nil:
		return "", &ValueProblem{Text: messages.New("k8sops.arg.not_a_duration", "arg", messages.Code(a.Name), "value", messages.Code(value))}
	case d < time.Second:
		return "", &ValueProblem{Text: messages.New("k8sops.arg.too_short", "arg", messages.Code(a.Name), "value", messages.Code(value))}
	case d > 366*24*time.Hour:
		return "", &ValueProblem{Text: messages.New("k8sops.arg.too_far", "arg", messages.Code(a.Name), "value", messages.Code(value))}
	}
	return wallclock.FormatDuration(d.Truncate(time.Second)), nil
}

// ParseDuration adds days and weeks to Go's units, alone or in front: "7d", "1d12h".
func ParseDuration(s string) (time.Duration, error) {
	var days time.Duration
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		number, rest, found := strings.Cut(s, unit)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return 0, fmt.Errorf("duration %q: %w", s, err)
		}
		if rest == "" {
			return time.Duration(n) * length, nil
		}
		days, s = time.Duration(n)*length, rest
		break
	}
	d, err := time.ParseDuration(s)
	return days + d, err
}

func (a Arg) parseChoice(value string) (string, *ValueProblem) {
	lower := strings.ToLower(value)
	for _, choice := range a.Choices {
		if lower == strings.ToLower(choice) {
			return choice, nil
		}
	}
	return "", &ValueProblem{
		Text: messages.New("k8sops.arg.not_a_choice", "arg", messages.Code(a.Name), "value", messages.Code(value),
			"choices", strings.Join(a.Choices, ", ")),
		Meant: nearest.Names(lower, a.Choices),
	}
}

func (a Arg) parseBool(value string) (string, *ValueProblem) {
	switch strings.ToLower(value) {
	case "true", "yes", "on", "1":
		return "true", nil
	case "false", "no", "off", "0":
		return "false", nil
	}
	return "", &ValueProblem{Text: messages.New("k8sops.arg.not_a_switch", "arg", messages.Code("--"+a.Name), "value", messages.Code(value))}
}

func (a Arg) parseRegexp(value string) (string, *ValueProblem) {
	if len(value) > MaxPattern {
		return "", &ValueProblem{Text: messages.New("k8sops.arg.pattern_too_long", "arg", messages.Code(a.Name), "max", MaxPattern)}
	}
	// Go's regular expressions run in linear time: no pattern that a person types can hang the bot.
	if _, err := regexp.Compile(value); err != nil {
		return "", &ValueProblem{Text: messages.New("k8sops.arg.bad_pattern", "arg", messages.Code(a.Name), "reason", err)}
	}
	return value, nil
}

func (a Arg) parseString(value string) (string, *ValueProblem) {
	control := func(r rune) bool { return unicode.IsControl(r) && !(a.Multiline && (r == '\n' || r == '\t')) }
	value = strings.ReplaceAll(value, "\r\n", "\n")
	if strings.ContainsFunc(value, control) {
		return "", &ValueProblem{Text: messages.New("k8sops.arg.control", "arg", messages.Code(a.Name))}
	}
	return value, nil
}

func (a Arg) parseQuantity(value string) (string, *ValueProblem) {
	q, err := resource.ParseQuantity(value)
	switch {
	case err != nil:
		return "", &ValueProblem{Text: messages.New("k8sops.arg.not_a_quantity", "arg", messages.Code(a.Name), "value", messages.Code(value))}
	case q.Sign() < 0:
		return "", &ValueProblem{Text: messages.New("k8sops.arg.negative", "arg", messages.Code(a.Name), "value", messages.Code(value))}
	}
	return q.String(), nil
}

// parseTime takes a time as it was typed: when that is, depends on the person's zone, and is checked by the plan.
func (a Arg) parseTime(value string) (string, *ValueProblem) {
	return a.parseString(strings.Join(strings.Fields(value), " "))
}

// parseTyped takes the word for a secret that was typed into a form, and nothing else.
func (a Arg) parseTyped(value string) (string, *ValueProblem) {
	if value != Typed {
		return "", &ValueProblem{Text: messages.New("k8sops.secret.in_line")}
	}
	return value, nil
}

// Int is an integer argument that Parse has checked; fallback where it was not given.
func (a Args) Int(name string, fallback int) int {
	n, err := strconv.Atoi(a[name])
	if err != nil {
		return fallback
	}
	return n
}

// Duration is a duration argument that Parse has checked; 0 where it was not given.
func (a Args) Duration(name string) time.Duration {
	d, err := ParseDuration(a[name])
	if err != nil {
		return 0
	}
	return d
}

// Bool is a switch.
func (a Args) Bool(name string) bool { return a[name] == "true" }

// CheckArg checks one value against the declaration; the *Error of code invalid says what is wrong with it.
func CheckArg(op *Operation, name, value string) error {
	a, ok := op.Arg(name)
	if !ok {
		return Invalid(messages.New("k8sops.parse.unknown_flag", "flag", messages.Code("--"+name)))
	}
	if _, problem := a.Parse(value); problem != nil {
		return Invalid(problem.Text)
	}
	return nil
}

// Arg is the declared argument of that name.
func (op *Operation) Arg(name string) (a Arg, ok bool) {
	at := slices.IndexFunc(op.Args, func(a Arg) bool { return a.Name == name })
	if at < 0 {
		return Arg{}, false
	}
	return op.Args[at], true
}
