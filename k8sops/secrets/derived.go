package secrets

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// passwordName is a key that holds a password and nothing else; "username" beside the same value does not.
var passwordName = regexp.MustCompile(`(?i)pass|pwd|secret|token|credential|key`)

// place is a way in which a password stands inside something longer: what is in front of it, what behind, and how it is written there.
type place struct {
	before, behind string // regular expressions
	write          func(string) string
}

// places are those of connection URLs, connection strings, and files of settings. A match anywhere else may be chance: a user, a host
// and a database are often called what a bad password is.
func places() []place {
	plain := func(s string) string { return s }
	assigned := `(?i:(?:pass(?:word|wd)?|pwd|secret|token)["']?\s*[:=]\s*["']?)`
	return []place{
		{`://[^\s/?#:@]*:`, `@`, func(s string) string { return strings.TrimPrefix(url.UserPassword("", s).String(), ":") }},
		{`://[^\s/?#:@]*:`, `@`, url.QueryEscape},
		{`://[^\s/?#:@]*:`, `@`, plain},
		{`[?&](?i:password|pwd)=`, `(?:[&#\s"']|$)`, url.QueryEscape},
		{assigned, `(?:[\s"',;&}]|$)`, plain},
	}
}

// derived is what becomes of a value that holds the password previous, once that is next. ok is false where it does not hold it, or in
// a place that only a person can judge.
func derived(key, value, previous, next string) (changed string, ok bool) {
	if value == previous {
		return next, passwordName.MatchString(key)
	}
	for _, p := range places() {
		at := regexp.MustCompile(`(` + p.before + `)` + regexp.QuoteMeta(p.write(previous)) + `(` + p.behind + `)`)
		if !at.MatchString(value) {
			continue
		}
		written := p.write(next)
		if strings.HasPrefix(p.before, "://") { // what is written plainly there must still be a URL
			written = places()[0].write(next)
		}
		// The replacement is no template: a password may have a $ in it.
		value = at.ReplaceAllStringFunc(value, func(match string) string {
			groups := at.FindStringSubmatch(match)
			return groups[1] + written + groups[2]
		})
		ok = true
	}
	return value, ok
}

// shortest is how long a password must be to be looked for as a mere part of a text.
const shortest = 8

// mentions reports whether a value holds the password at all, in whatever place.
func mentions(value, password string) bool {
	written := []string{password, url.QueryEscape(password), url.PathEscape(password)}
	return value == password || len(password) >= shortest && slices.ContainsFunc(written, func(s string) bool { return strings.Contains(value, s) })
}
