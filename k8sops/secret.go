package k8sops

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"unicode"

	"opsbot/internal/secret"
	"opsbot/messages"
)

// Secret is an argument that a person types into a form: a password, a key. It goes from the form to the cluster, and is kept in
// memory until it is there. It is in no command line, record, log, digest or card, however it is printed.
type Secret struct {
	// Given says that one was typed. That is recorded.
	Given bool
	value secret.Text
}

// Secrets are the secret arguments of one call by name. Args, which are shown and stored, have Typed in their place.
type Secrets map[string]secret.Text

// Typed stands in Args for a secret that was given.
const Typed = "typed"

// NewSecret is a secret that was typed.
func NewSecret(value string) Secret { return Secret{Given: true, value: secret.New(value)} }

// Reveal is what was typed. Where opsbot was started anew since then, the value is gone, and the error says so.
func (s Secret) Reveal() (string, error) {
	if s.Given && s.value.Empty() {
		return "", &Error{Code: CodeConflict, Message: messages.New("k8sops.secret.gone"), Hint: messages.New("k8sops.secret.gone_hint")}
	}
	return s.value.Reveal(), nil
}

// maxSecret is how long a secret may be, in characters: what a text input of Slack's holds (SF-4.59).
const maxSecret = 3000

// CheckSecret says what is wrong with a secret that was typed, without repeating it.
func (a Arg) CheckSecret(value string) error {
	name := messages.Code(a.Name)
	control := func(r rune) bool {
		return unicode.IsControl(r) && !(a.Multiline && (r == '\n' || r == '\r' || r == '\t'))
	}
	switch {
	case len([]rune(value)) > maxSecret:
		return Invalid(messages.New("k8sops.secret.too_long", "arg", name, "max", maxSecret))
	case strings.ContainsFunc(value, control):
		return Invalid(messages.New("k8sops.arg.control", "arg", name))
	case !a.Multiline && strings.TrimSpace(value) != value:
		return Invalid(messages.New("k8sops.secret.space", "arg", name))
	}
	return nil
}

// TakesSecret reports whether one of the arguments is a secret. What is typed after such a command is never repeated: it may be
// the secret, in the wrong place.
func (op *Operation) TakesSecret() bool {
	for _, a := range op.Args {
		if a.Kind == KindSecret {
			return true
		}
	}
	return false
}

// WithoutValues keeps an error that repeats a secret, as that of an admission webhook may, from being shown or logged.
func WithoutValues(err error, values ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, value := range values {
		for _, written := range []string{value, base64.StdEncoding.EncodeToString([]byte(value)), url.QueryEscape(value)} {
			if value != "" && strings.Contains(text, written) {
				return errors.New("an error that repeats what is secret")
			}
		}
	}
	return err
}
