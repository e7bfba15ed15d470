// Package secret has a text that does not show itself.
package secret

// redacted stands for a secret wherever one would be printed.
const redacted = "***"

// Text is a text that must not be printed: fmt, encoding/json, YAML and zap all show "***". The zero value is the
// empty secret and prints as nothing, so that a missing one is seen.
type Text struct{ value string }

// New wraps a text.
func New(value string) Text { return Text{value: value} }

// Reveal returns the secret itself, for handing it to a client.
func (s Text) Reveal() string { return s.value }

// Empty tells whether there is no secret.
func (s Text) Empty() bool { return s.value == "" }

// String implements fmt.Stringer; zap uses it too.
func (s Text) String() string {
	if s.Empty() {
		return ""
	}
	return redacted
}

// GoString implements fmt.GoStringer, for %#v.
func (s Text) GoString() string { return s.String() }

// MarshalText implements encoding.TextMarshaler, which JSON and YAML encoders use.
func (s Text) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Equal compares the secrets themselves.
func (s Text) Equal(other Text) bool { return s.value == other.value }
