package settings

import (
	"errors"
	"net"
	"net/url"
)

// URL is a parsed URL; the zero value is no URL. A password in it prints as "xxxxx".
type URL struct{ parsed url.URL }

// SecretURL is a URL that may hold a password, and that can therefore be given as "file:/path" like a Secret.
type SecretURL struct{ URL }

// ParseURL parses an absolute URL; the empty text is no URL.
func ParseURL(text string) (URL, error) {
	if text == "" {
		return URL{}, nil
	}
	parsed, err := url.Parse(text)
	if err != nil {
		// url.Error repeats the whole text, which may hold a password.
		var cause *url.Error
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return URL{}, err
	}
	if parsed.Scheme == "" {
		return URL{}, errors.New("missing scheme")
	}
	return URL{parsed: *parsed}, nil
}

// MustURL is for constants.
func MustURL(text string) URL {
	u, err := ParseURL(text)
	if err != nil {
		panic(err)
	}
	return u
}

// Reveal returns the URL with its password.
func (u URL) Reveal() string { return u.parsed.String() }

// Empty tells whether there is no URL.
func (u URL) Empty() bool { return u.parsed == url.URL{} }

// Scheme returns what stands before "://".
func (u URL) Scheme() string { return u.parsed.Scheme }

// Host returns host and port.
func (u URL) Host() string { return u.parsed.Host }

// Loopback tells whether the host is this machine: localhost, 127.0.0.0/8 or ::1.
func (u URL) Loopback() bool {
	ip := net.ParseIP(u.parsed.Hostname())
	return u.parsed.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// HasCredentials tells whether a user or a password is in it.
func (u URL) HasCredentials() bool { return u.parsed.User != nil }

// RawQuery returns what stands behind the question mark.
func (u URL) RawQuery() string { return u.parsed.RawQuery }

// FilePath is the path that a sqlite or file URL names: sqlite://opsbot.db and sqlite://data/opsbot.db are relative,
// sqlite:///var/lib/opsbot.db is absolute.
func (u URL) FilePath() string { return u.parsed.Host + u.parsed.Path }

// String implements fmt.Stringer, without the password.
func (u URL) String() string { return u.parsed.Redacted() }

// GoString implements fmt.GoStringer, for %#v.
func (u URL) GoString() string { return u.String() }

// MarshalText implements encoding.TextMarshaler, without the password.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Equal compares the URLs, passwords included.
func (u URL) Equal(other URL) bool { return u.Reveal() == other.Reveal() }

// Equal compares the URLs, passwords included.
func (u SecretURL) Equal(other SecretURL) bool { return u.URL.Equal(other.URL) }
