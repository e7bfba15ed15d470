package blockkit

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// walker applies the schemas to one message or view and collects what is wrong and what has to be summed up.
type walker struct {
	surface  surface
	problems []Problem
	blockIDs map[string]bool
	// shown counts code points that a person reads, for SF-4.7; the others are the sums of SF-4.29 to SF-4.32.
	shown, markdown, tableText, dataTableText, tables, charts int
}

func newWalker(s surface) *walker { return &walker{surface: s, blockIDs: map[string]bool{}} }

func (w *walker) fail(ptr, format string, args ...any) {
	w.problems = append(w.problems, Problem{Message: fmt.Sprintf(format, args...), Pointer: ptr})
}

func (w *walker) warn(ptr, format string, args ...any) {
	w.problems = append(w.problems, Problem{Message: fmt.Sprintf(format, args...), Pointer: ptr, Warning: true})
}

func (w *walker) value(r rule, ptr string, v any) {
	switch r.kind {
	case kindText, kindURL, kindImage:
		w.text(r, ptr, v)
	case kindNumber, kindReal:
		w.number(r, ptr, v)
	case kindBool:
		if _, ok := v.(bool); !ok {
			w.fail(ptr, "must provide a boolean")
		}
	case kindList:
		w.list(r, ptr, v)
	case kindObject:
		w.object(schemas[r.family][r.names[0]], ptr, v)
	case kindUnion:
		w.union(r, ptr, v)
	case kindRich, kindPlain:
		w.textObject(r, ptr, v)
	}
}

func (w *walker) text(r rule, ptr string, v any) {
	s, ok := v.(string)
	if !ok {
		w.fail(ptr, "must provide a string")
		return
	}
	if r.enum != nil {
		if !slices.Contains(r.enum, s) {
			w.fail(ptr, "must be a valid enum value")
		}
		return
	}
	n := utf8.RuneCountInString(s)
	if r.shown {
		w.shown += n
	}
	switch {
	case n < r.min:
		w.fail(ptr, "must be more than %d characters", r.min-1)
	case r.bounded && n > r.max:
		w.fail(ptr, "must be less than %d characters", r.max+1)
	case r.warn > 0 && n > r.warn:
		w.warn(ptr, "must be less than %d characters", r.warn+1)
	case r.kind == kindURL && !webURL(s):
		w.fail(ptr, "invalid url")
	case r.kind == kindImage && !publicURL(s):
		w.fail(ptr, "downloading image failed")
	}
}

func webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
}

// publicURL is what can be known without the network: Slack's servers cannot reach a private address (SF-4.26).
func publicURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.Hostname() == "localhost" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip == nil || !(ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast())
}

func (w *walker) number(r rule, ptr string, v any) {
	n, ok := v.(json.Number)
	if !ok {
		w.fail(ptr, "must provide a number")
		return
	}
	if r.kind == kindReal {
		return
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	switch {
	case err != nil:
		w.fail(ptr, "must provide an integer")
	case i < int64(r.min):
		w.fail(ptr, "must be at least %d", r.min)
	case i > int64(r.max):
		w.fail(ptr, "must be at most %d", r.max)
	}
}

func (w *walker) list(r rule, ptr string, v any) {
	items, ok := v.([]any)
	if !ok {
		w.fail(ptr, "must provide an array")
		return
	}
	switch {
	case len(items) < r.min:
		w.fail(ptr, "must provide at least %d items", r.min)
	case r.bounded && len(items) > r.max:
		w.fail(ptr, "no more than %d items allowed", r.max)
	case r.warn > 0 && len(items) > r.warn:
		w.warn(ptr, "no more than %d items allowed", r.warn)
	}
	for i, item := range items {
		w.value(*r.item, index(ptr, i), item)
	}
}

// union walks the object that "type" names; a type that exists elsewhere but not here is unsupported too (SF-4.62).
func (w *walker) union(r rule, ptr string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		w.fail(ptr, "must provide an object")
		return
	}
	name, ok := w.typeOf(ptr, o)
	if !ok {
		return
	}
	schema, known := schemas[r.family][name]
	allowed := r.names == nil || slices.Contains(r.names, name)
	if !known || !allowed || (schema.surfaces != 0 && schema.surfaces&w.surface == 0) {
		w.fail(ptr+"/type", "unsupported type: %s", name)
		return
	}
	w.walk(schema, ptr, o, true)
}

func (w *walker) typeOf(ptr string, o map[string]any) (string, bool) {
	v, ok := o["type"]
	if !ok {
		w.fail(ptr, "missing required field: type")
		return "", false
	}
	name, ok := v.(string)
	if !ok {
		w.fail(ptr+"/type", "must provide a string")
	}
	return name, ok
}

// textObject walks SF-4.59. Where both types are allowed Slack first says that no schema matched and then why (SF-6.4).
func (w *walker) textObject(r rule, ptr string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		w.fail(ptr, "must provide an object")
		return
	}
	inner := newWalker(w.surface)
	if name, ok := inner.typeOf(ptr, o); ok {
		inner.typedText(r, name, ptr, o)
	}
	if r.kind == kindRich && len(inner.problems) > 0 {
		w.fail(ptr, "failed to match all allowed schemas")
	}
	w.problems = append(w.problems, inner.problems...)
	w.shown += inner.shown
}

func (w *walker) typedText(r rule, name, ptr string, o map[string]any) {
	flag := map[string]string{"plain_text": "emoji", "mrkdwn": "verbatim"}[name]
	if flag == "" || (r.kind == kindPlain && name != "plain_text") {
		w.fail(ptr+"/type", "must be a valid enum value")
		return
	}
	w.walk(object{fields: fields{"text": required(words(r.min, r.max)), flag: boolean}}, ptr, o, true)
}

func (w *walker) object(schema object, ptr string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		w.fail(ptr, "must provide an object")
		return
	}
	w.walk(schema, ptr, o, false)
}

// walk goes through fields in alphabetical order, so that the same fault always reads the same.
func (w *walker) walk(schema object, ptr string, o map[string]any, typed bool) {
	for _, name := range slices.Sorted(maps.Keys(schema.fields)) {
		r := schema.fields[name]
		v, ok := o[name]
		if ok {
			w.value(r, member(ptr, name), v)
		} else if r.required {
			w.fail(ptr, "missing required field: %s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if _, ok := schema.fields[name]; !ok && !(typed && name == "type") {
			w.fail(ptr, "invalid additional property: %s", name)
		}
	}
	for _, c := range schema.checks {
		c(w, ptr, o)
	}
}

func index(ptr string, i int) string { return ptr + "/" + strconv.Itoa(i) }

// member escapes a property name as RFC 6901 asks.
func member(ptr, name string) string {
	return ptr + "/" + strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
