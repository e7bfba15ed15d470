package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"opsbot/internal/secret"
)

// fileReference starts the value of a secret that is to be read from a file.
const fileReference = "file:"

// decoder turns what YAML, the environment and flags give into the types of a section, strictly: a number is no text and a
// text is a number only where it came from the environment or a flag, which know nothing else.
type decoder struct {
	// dir is what relative file references are relative to.
	dir      string
	problems Problems
}

// decode sets target, which stays as it is when raw does not fit.
func (d *decoder) decode(path string, raw any, target reflect.Value) {
	switch target.Addr().Interface().(type) {
	case *secret.Text, *URL, *SecretURL, *time.Duration:
		if text, ok := raw.(string); ok {
			d.text(path, text, target)
		} else {
			d.mismatch(path, raw, target)
		}
		return
	}
	switch target.Kind() {
	case reflect.Slice:
		d.list(path, raw, target)
	case reflect.Struct:
		d.section(path, raw, target)
	default:
		d.scalar(path, raw, target)
	}
}

// text decodes what is written as a text in YAML too.
func (d *decoder) text(path, text string, target reflect.Value) {
	var err error
	switch target := target.Addr().Interface().(type) {
	case *secret.Text:
		value, _ := d.secretText(path, text)
		*target = secret.New(value)
	case *SecretURL:
		if text, ok := d.secretText(path, text); ok {
			target.URL, err = ParseURL(text)
		}
	case *URL:
		*target, err = ParseURL(text)
	case *time.Duration:
		if *target, err = time.ParseDuration(text); err != nil {
			err = fmt.Errorf("%q is not a duration", text)
		}
	}
	if err != nil {
		d.problems.Add(path, err.Error(), "give "+expected(target.Type()))
	}
}

// secretText follows a reference to a file.
func (d *decoder) secretText(path, text string) (secret string, ok bool) {
	name, isReference := strings.CutPrefix(text, fileReference)
	if !isReference {
		return text, true
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(d.dir, name)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		d.problems.Add(path, fmt.Sprintf("file %s cannot be read: %s", name, Cause(err)), "mount the secret there or correct the path")
		return "", false
	}
	return strings.TrimSpace(string(content)), true
}

func (d *decoder) scalar(path string, raw any, target reflect.Value) {
	if day, ok := raw.(time.Time); ok && day.Equal(day.Truncate(24*time.Hour)) {
		raw = day.Format(time.DateOnly) // YAML takes 2026-01-05 for a moment
	}
	value := reflect.ValueOf(raw)
	if text, ok := raw.(string); ok && target.Kind() != reflect.String {
		value = parseScalar(text, target.Kind())
	}
	if !value.IsValid() || value.Type() != target.Type() {
		d.mismatch(path, raw, target)
		return
	}
	target.Set(value)
}

// parseScalar reads a number, true or false; the zero Value when it is none.
func parseScalar(text string, kind reflect.Kind) reflect.Value {
	switch kind {
	case reflect.Int:
		if n, err := strconv.Atoi(text); err == nil {
			return reflect.ValueOf(n)
		}
	case reflect.Bool:
		if text == "true" || text == "false" {
			return reflect.ValueOf(text == "true")
		}
	}
	return reflect.Value{}
}

// list decodes a sequence; a text is a comma-separated list, as the environment and flags give it.
func (d *decoder) list(path string, raw any, target reflect.Value) {
	items, ok := raw.([]any)
	if text, isText := raw.(string); isText && !isSection(target.Type().Elem()) {
		items, ok = splitList(text), true
	}
	if !ok {
		d.mismatch(path, raw, target)
		return
	}
	decoded := reflect.MakeSlice(target.Type(), len(items), len(items))
	for i, item := range items {
		setDefaults(decoded.Index(i))
		d.decode(fmt.Sprintf("%s[%d]", path, i), item, decoded.Index(i))
	}
	target.Set(decoded)
}

// setDefaults fills in an element of a list before it is decoded.
func setDefaults(element reflect.Value) {
	if e, ok := element.Addr().Interface().(interface{ SetDefaults() }); ok {
		e.SetDefaults()
	}
}

func splitList(text string) []any {
	var items []any
	for item := range strings.SplitSeq(text, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

// section decodes an element of a list of sections; unknown keys were found when the file was read.
func (d *decoder) section(path string, raw any, target reflect.Value) {
	values, ok := raw.(map[string]any)
	if !ok {
		return // ParseDocument has said so
	}
	for _, f := range keyFields(target.Type()) {
		if raw, given := values[f.Tag.Get("key")]; given && raw != nil {
			d.decode(Join(path, f.Tag.Get("key")), raw, target.FieldByIndex(f.Index))
		}
	}
}

func (d *decoder) mismatch(path string, raw any, target reflect.Value) {
	d.problems.Add(path, "is "+describe(raw), "give "+expected(target.Type()))
}

// describe says what was given, without showing it: it may be a secret.
func describe(raw any) string {
	switch raw.(type) {
	case nil:
		return "empty"
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int, int64, uint64:
		return "a whole number"
	case float64:
		return "a number with a fraction"
	case []any:
		return "a list"
	case map[string]any:
		return "a section"
	default:
		return fmt.Sprintf("a %T", raw)
	}
}

// expected says in words what a type wants.
func expected(t reflect.Type) string {
	switch reflect.Zero(t).Interface().(type) {
	case secret.Text:
		return `the secret, in quotes if it is a number, or "file:/path"`
	case URL, SecretURL:
		return "a URL such as https://example.com/"
	case time.Duration:
		return "a duration such as 30s, 5m or 168h"
	}
	switch {
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice && isSection(t.Elem()):
		return "a list of sections, each starting with -"
	case t.Kind() == reflect.Slice:
		return "a list of texts"
	default:
		return "a text, in quotes if it looks like a number, yes or no"
	}
}
