package redact

import (
	"regexp"
	"strings"
)

var (
	privateKey    = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\z)`)
	privateKeyEnd = regexp.MustCompile(`-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----`)
	// encodedKey is how a private key in DER begins when it is written in base64 (a certificate, too).
	encodedKey = regexp.MustCompile(`\bMII[A-Za-z0-9+/]{40,}=*`)
	// keyBody is a line of a key: RFC 7468 wraps at 64 characters, OpenSSH at 70.
	keyBody    = regexp.MustCompile(`^\s*[A-Za-z0-9+/]{64,76}\s*$`)
	keyInside  = regexp.MustCompile(`[A-Za-z0-9+/]{40,}=*\W*$|^\s*(?:Proc-Type|DEK-Info|Comment|Version):|^\s*$`)
	keyOpening = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----`)
)

func redactPrivateKeys(text string) string {
	if strings.Contains(text, "-----BEGIN ") {
		text = privateKey.ReplaceAllString(text, hidden)
	}
	if !strings.Contains(text, "MII") {
		return text
	}
	return encodedKey.ReplaceAllString(text, hidden)
}

// Lines redacts a log line by line. A private key takes many lines, of which only the first and the last say so.
type Lines struct{ inKey bool }

// Redact hides what is secret in the next line.
func (r *Lines) Redact(line string) string {
	if r.inKey {
		return r.redactKeyLine(line)
	}
	if opening := keyOpening.FindAllStringIndex(line, -1); opening != nil {
		r.inKey = !privateKeyEnd.MatchString(line[opening[len(opening)-1][1]:])
	}
	// A tail may begin inside a key.
	if keyBody.MatchString(line) && mixedCase(line) {
		r.inKey = true
		return hidden
	}
	return Text(line)
}

// redactKeyLine ends the key at its last line or, where that never comes, after the first line that cannot be inside of one.
func (r *Lines) redactKeyLine(line string) string {
	if end := privateKeyEnd.FindStringIndex(line); end != nil {
		r.inKey = false
		return hidden + Text(line[end[1]:])
	}
	r.inKey = keyInside.MatchString(line)
	return hidden
}

// mixedCase tells base64 from hexadecimal checksums, which are as long.
func mixedCase(s string) bool { return strings.ToLower(s) != s && strings.ToUpper(s) != s }
