package messages

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// forms are one text of the catalogue in one language: a single wording, or one for each plural form that the language needs.
type forms struct{ one, other *wording }

// wording is a text with the places of its arguments: the literals stand before, between and behind the names.
type wording struct{ literals, names []string }

// UnmarshalJSON reads a text, or the plural forms "one" and "other"; sigs.k8s.io/yaml makes JSON of YAML first.
func (f *forms) UnmarshalJSON(data []byte) error {
	var read struct{ One, Other *wording }
	if data[0] == '{' {
		if err := json.Unmarshal(data, &read); err != nil {
			return err
		}
	} else if err := json.Unmarshal(data, &read.Other); err != nil {
		return err
	}
	if read.Other == nil {
		return errors.New("the form other is missing")
	}
	f.one, f.other = read.One, read.Other
	return nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *wording) UnmarshalText(text []byte) error { return w.parse(string(text)) }

// wording is the one for a count; without plural forms, one serves every count.
func (f *forms) wording(locale string, count int64, counted bool) *wording {
	if counted && f.one != nil && plural.Cardinal.MatchPlural(language.Make(locale), int(count), 0, 0, 0, 0) == plural.One {
		return f.one
	}
	return f.other
}

// parse reads "… {{.name}} …", which is all that the catalogue needs of a template language. A package for templates would
// also keep every method of every type in the binary, because a template may call any of them by its name.
func (w *wording) parse(s string) error {
	for {
		literal, rest, found := strings.Cut(s, "{{")
		w.literals = append(w.literals, literal)
		if !found {
			return nil
		}
		name, tail, closed := strings.Cut(rest, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(name), ".")
		if !closed || !dotted || name == "" || strings.ContainsAny(name, ". |") {
			return fmt.Errorf("{{%s is not the name of an argument: want {{.name}}", rest)
		}
		w.names = append(w.names, name)
		s = tail
	}
}

// fill writes the values into their places.
func (w *wording) fill(values map[string]string) string {
	var out strings.Builder
	for i, literal := range w.literals {
		out.WriteString(literal)
		if i == len(w.names) {
			break
		}
		value, ok := values[w.names[i]]
		if !ok {
			value = "<no value>"
		}
		out.WriteString(value)
	}
	return out.String()
}
