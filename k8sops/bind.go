package k8sops

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"opsbot/internal/wallclock"
)

// ArgKind is the type of an argument.
type ArgKind int

// The kinds of argument. KindWorkload is resolved against the live workloads with "did you mean".
const (
	KindWorkload ArgKind = iota // a workload as people name it; "all" where AllowAll
	KindInt
	KindDuration
	KindString
	KindChoice
	KindBool
	KindRegexp
	KindQuantity // as Kubernetes writes it: 500m, 2Gi
	KindTime     // as people write it, or RFC 3339
	KindPerson   // a person in Slack, as <@U123>
	KindSecret   // typed into a form, never into a command line
)

// String is the kind as `opsbot operations` prints it.
func (k ArgKind) String() string {
	return [...]string{"workload", "integer", "duration", "string", "choice", "switch", "regexp", "quantity", "time", "person", "secret"}[k]
}

// Workload names one workload, or all: "user", "user-service", "statefulset/ledger", "all".
type Workload string

// Workloads name several workloads, or all.
type Workloads []Workload

// Time is a point in time as people write it: "18:00", "Fri 18:00", "in 2h", or RFC 3339. What it means depends on the person's zone.
type Time string

// Person is a person as Slack writes a mention: "<@U123>".
type Person string

// kind follows from the type of the field that the argument is bound to.
func (a Arg) kind() (ArgKind, error) {
	switch a.Into.(type) {
	case *Workload, *Workloads:
		return KindWorkload, nil
	case *int:
		return KindInt, nil
	case *time.Duration:
		return KindDuration, nil
	case *bool:
		return KindBool, nil
	case **regexp.Regexp:
		return KindRegexp, nil
	case *resource.Quantity:
		return KindQuantity, nil
	case *Time:
		return KindTime, nil
	case *Person:
		return KindPerson, nil
	case *Secret:
		return KindSecret, nil
	case *string:
		if len(a.Choices) > 0 {
			return KindChoice, nil
		}
		return KindString, nil
	}
	return 0, fmt.Errorf("argument %q: no kind of argument for a %T", a.Name, a.Into)
}

// set puts a canonical value into the field.
func (a Arg) set(value string) (err error) {
	switch field := a.Into.(type) {
	case *Workload:
		*field = Workload(value)
	case *Workloads:
		for name := range strings.SplitSeq(value, ",") {
			*field = append(*field, Workload(name))
		}
	case *string:
		*field = value
	case *bool:
		*field = value == "true"
	case *int:
		*field, err = strconv.Atoi(value)
	case *time.Duration:
		*field, err = ParseDuration(value)
	case **regexp.Regexp:
		*field, err = regexp.Compile(value)
	case *resource.Quantity:
		*field, err = resource.ParseQuantity(value)
	case *Time:
		*field = Time(value)
	case *Person:
		*field = Person(value)
	case *Secret:
		*field = Secret{Given: true}
	}
	if err != nil {
		return fmt.Errorf("argument %q: %w", a.Name, err)
	}
	return nil
}

// text is the field in canonical form, "" for one that was not given.
func (a Arg) text() string {
	switch field := a.Into.(type) {
	case *Workload:
		return string(*field)
	case *Workloads:
		return field.String()
	case *string:
		return *field
	case *Time:
		return string(*field)
	case *Person:
		return string(*field)
	case **regexp.Regexp:
		if *field != nil {
			return (*field).String()
		}
	}
	return a.valueText()
}

// valueText is text for what has a zero value that may be meant.
func (a Arg) valueText() string {
	switch field := a.Into.(type) {
	case *bool:
		if *field {
			return "true"
		}
	case *Secret:
		if field.Given {
			return Typed
		}
	case *int:
		if *field != 0 || a.Required {
			return strconv.Itoa(*field)
		}
	case *resource.Quantity:
		if !field.IsZero() || a.Required {
			return field.String()
		}
	case *time.Duration:
		if *field != 0 {
			return wallclock.FormatDuration(*field)
		}
	}
	return ""
}

// String is the names as a person types them.
func (w Workloads) String() string {
	names := make([]string, len(w))
	for i, name := range w {
		names[i] = string(name)
	}
	return strings.Join(names, ",")
}

// declared are the arguments for the parser, each with its kind.
func declared[A any](declare func(*A) []Arg) []Arg {
	if declare == nil {
		return nil
	}
	args := declare(new(A))
	for i := range args {
		_, args[i].Several = args[i].Into.(*Workloads)
		args[i].Kind, args[i].problem = args[i].kind()
		args[i].Into = nil // belongs to this one value
	}
	return args
}

// decode puts the call's arguments into the fields of a struct.
func decode[A any](declare func(*A) []Arg, call *Call) (A, error) {
	var a A
	if declare == nil {
		return a, nil
	}
	for _, arg := range declare(&a) {
		value := call.Args[arg.Name]
		if value == "" {
			continue
		}
		if err := arg.set(value); err != nil {
			return a, fmt.Errorf("arguments of %s: %w", call.Operation.Name, err)
		}
		if field, ok := arg.Into.(*Secret); ok {
			field.value = call.Secrets[arg.Name]
		}
	}
	return a, nil
}

// encode is the reverse of decode.
func encode[A any](declare func(*A) []Arg, a A) Args {
	args := Args{}
	if declare == nil {
		return args
	}
	for _, arg := range declare(&a) {
		if value := arg.text(); value != "" {
			args[arg.Name] = value
		}
	}
	return args
}
