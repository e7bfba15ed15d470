package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Keys sign checkpoints. The first one signs; all of them are known when signatures are checked, so that a key can be replaced.
type Keys []string

// keyIDLength is how much of its fingerprint names a key.
const keyIDLength = 12

// KeyID names a key without telling it.
func KeyID(key string) string {
	return hex.EncodeToString(authenticate(key, "opsbot audit key id"))[:keyIDLength]
}

// find is the key with that id.
func (k Keys) find(id string) (key string, ok bool) {
	for _, key := range k {
		if KeyID(key) == id {
			return key, true
		}
	}
	return "", false
}

func authenticate(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}
