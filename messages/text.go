package messages

import (
	"fmt"
	"time"
)

// Text is one text to show to a person: an entry of the catalogue with its arguments, or a literal.
// The zero Text is empty and renders as "". Text is JSON-stable: it can be stored and rendered years later.
type Text struct {
	ID      string           `json:"id,omitempty"`
	Args    map[string]Value `json:"args,omitempty"`
	Literal string           `json:"literal,omitempty"`
}

// New refers to the catalogue entry id. args are name, value pairs; a value is a string (untrusted: it is escaped
// when rendered), an integer, a time.Time, a time.Duration, an error, a fmt.Stringer, a Text, or one of User,
// Channel, Code, Link. An argument named "count" selects the plural form. New panics when a name is not a
// string or lacks its value: that is a mistake in the calling code, found by any test that reaches it.
func New(id string, args ...any) Text {
	if len(args)%2 != 0 {
		panic(fmt.Sprintf("messages: %s: argument without a value", id))
	}
	t := Text{ID: id}
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			panic(fmt.Sprintf("messages: %s: argument name %v is not a string", id, args[i]))
		}
		if t.Args == nil {
			t.Args = make(map[string]Value, len(args)/2)
		}
		t.Args[name] = valueOf(args[i+1])
	}
	return t
}

// Literal is a text in no language: an alert's own summary, a name, a figure. It is untrusted and escaped when rendered.
func Literal(s string) Text { return Text{Literal: s} }

// IsZero reports whether there is nothing to say.
func (t Text) IsZero() bool { return t.ID == "" && t.Literal == "" }

// Kind tells how a Value is rendered.
type Kind string

// The kinds of Value.
const (
	KindString   Kind = "s"
	KindNumber   Kind = "n"
	KindTime     Kind = "t"
	KindDate     Kind = "day"
	KindDuration Kind = "d"
	KindText     Kind = "x"
	KindUser     Kind = "u"
	KindChannel  Kind = "c"
	KindCode     Kind = "code"
	KindLink     Kind = "link"
)

// Value is one argument of a Text. S holds the string forms (for KindTime and KindDate RFC 3339 with nanoseconds, for KindLink
// the label), N numbers and durations (nanoseconds), URL the target of a link, Text a nested text.
type Value struct {
	Kind Kind   `json:"k"`
	S    string `json:"s,omitempty"`
	N    int64  `json:"n,omitempty"`
	URL  string `json:"url,omitempty"`
	Text *Text  `json:"x,omitempty"`
}

// User is a Slack user id; rendered as a mention in Slack, which notifies that person.
type User string

// Channel is a Slack channel id.
type Channel string

// Code is rendered in a fixed-width face, so that names and commands can be told from prose.
type Code string

// Link is rendered as a link where the format knows links.
type Link struct{ URL, Label string }

// Date is a moment that may be on another day: it is shown with its date, to the minute.
type Date time.Time

func valueOf(v any) Value {
	switch v := v.(type) {
	case string:
		return Value{Kind: KindString, S: v}
	case int:
		return Value{Kind: KindNumber, N: int64(v)}
	case int32:
		return Value{Kind: KindNumber, N: int64(v)}
	case int64:
		return Value{Kind: KindNumber, N: v}
	case time.Duration:
		return Value{Kind: KindDuration, N: int64(v)}
	case time.Time:
		return Value{Kind: KindTime, S: v.UTC().Format(time.RFC3339Nano)}
	case Date:
		return Value{Kind: KindDate, S: time.Time(v).UTC().Format(time.RFC3339Nano)}
	case Text:
		return Value{Kind: KindText, Text: &v}
	case User:
		return Value{Kind: KindUser, S: string(v)}
	case Channel:
		return Value{Kind: KindChannel, S: string(v)}
	case Code:
		return Value{Kind: KindCode, S: string(v)}
	case Link:
		return Value{Kind: KindLink, S: v.Label, URL: v.URL}
	case error:
		return Value{Kind: KindString, S: v.Error()}
	case fmt.Stringer:
		return Value{Kind: KindString, S: v.String()}
	default:
		return Value{Kind: KindString, S: fmt.Sprint(v)}
	}
}
