package oncall

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"
)

// FeedKey is a person's key to the calendars of who is on call; nobody has more than one. Calendar programs can send no header, so the
// token that it opens to is part of the calendar's address. The token is shown once: what is kept of it opens nothing.
type FeedKey struct {
	// ID finds the key. It is the first part of the token, and no secret.
	ID string
	// User is the Slack user.
	User string
	// Hash is the SHA-256 of the token, in hexadecimal.
	Hash     string
	IssuedAt time.Time
}

// feedTokenPrefix makes a token recognisable, for those who hide secrets.
const feedTokenPrefix = "opsbot_feed_"

// feedIDLength is enough to tell keys apart.
const feedIDLength = 10

// NewFeedKey makes a key for a Slack user. The token has 130 random bits besides the id.
func NewFeedKey(user string, at time.Time) (key FeedKey, token string) {
	id := strings.ToLower(rand.Text()[:feedIDLength])
	token = feedTokenPrefix + id + "_" + rand.Text()
	return FeedKey{ID: id, User: user, Hash: hashed(token), IssuedAt: at.UTC()}, token
}

// FeedKeyID is the id of the key that a token belongs to; "" for what is no token.
func FeedKeyID(token string) string {
	rest, ok := strings.CutPrefix(token, feedTokenPrefix)
	id, secret, found := strings.Cut(rest, "_")
	if !ok || !found || len(id) != feedIDLength || secret == "" {
		return ""
	}
	return id
}

// Opens tells in constant time whether a token is the key's.
func (k FeedKey) Opens(token string) bool {
	return subtle.ConstantTimeCompare([]byte(hashed(token)), []byte(k.Hash)) == 1
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
