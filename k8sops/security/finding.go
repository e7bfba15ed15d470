package security

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"opsbot/messages"
)

// The kinds of finding. They begin a finding's id, which exceptions are kept by.
const (
	kindPolicy     = "policy"
	kindPod        = "pod"
	kindImage      = "image"
	kindAnything   = "admin"
	kindWildcard   = "wildcard"
	kindDefault    = "default"
	kindEverybody  = "everybody"
	kindAllSecrets = "secrets"
)

// finding is one thing that makes a break-in easy.
type finding struct {
	id   string
	tone messages.Tone
	text messages.Text
	// object is what it is about, for a list.
	object string
}

// newFinding has an id that stays the same while the object and what is wrong with it do.
func newFinding(kind string, tone messages.Tone, object, wrong string, text messages.Text) finding {
	sum := sha256.Sum256([]byte(object + "\x00" + wrong))
	return finding{id: kind + "-" + hex.EncodeToString(sum[:])[:8], tone: tone, text: text, object: object}
}

// kindOf is the kind that an id begins with.
func kindOf(id string) string {
	kind, _, _ := strings.Cut(id, "-")
	return kind
}

// look is what one look has found.
type look struct {
	findings []finding
	levels   []podLevel
	// blind are the kinds that could not be looked at, and missing says why.
	blind   map[string]bool
	missing []messages.Text
}

// unseen notes that some kinds could not be looked at: their absence is no good news.
func (l *look) unseen(why messages.Text, kinds ...string) {
	l.missing = append(l.missing, why)
	for _, kind := range kinds {
		l.blind[kind] = true
	}
}
