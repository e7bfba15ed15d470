package configs

// redacted stands for a secret wherever one would be printed.
const redacted = "***"

// Secret is a text that must not be printed: fmt, encoding/json, YAML and zap all show "***". The zero value is the
// empty secret and prints as nothing, so that a missing one is seen.
type Secret struct{ value string }

// NewSecret wraps a text.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the secret itself, for handing it to a client.
func (s Secret) Reveal() string { return s.value }

// Empty tells whether there is no secret.
func (s Secret) Empty() bool { return s.value == "" }

// String implements fmt.Stringer; zap uses it too.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return redacted
}

// GoString implements fmt.GoStringer, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText implements encoding.TextMarshaler, which JSON and YAML encoders use.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Equal compares the secrets themselves.
func (s Secret) Equal(other Secret) bool { return s.value == other.value }
