package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
)

// isOneOf compares in constant time; hashing first hides the tokens' lengths too.
func isOneOf(tokens []string, given string) bool {
	sum := sha256.Sum256([]byte(given))
	match := 0
	for _, token := range tokens {
		want := sha256.Sum256([]byte(token))
		match |= subtle.ConstantTimeCompare(sum[:], want[:])
	}
	return match == 1
}
