package audit

import (
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Checkpoint says how the audit record stood at a time. Kept where whoever can write the database cannot reach it, it proves that the rows
// up to it are still those of that time: the last one's hash covers all before it.
type Checkpoint struct {
	At   time.Time `json:"at"`
	Rows int64     `json:"rows"`
	// Head is the hash of row number Rows.
	Head string `json:"head"`
	// Key is the id of the key that signed it, "" where there was none, and MAC the signature, HMAC-SHA256 in hexadecimal.
	Key string `json:"key,omitempty"`
	MAC string `json:"mac,omitempty"`
}

// Why a checkpoint cannot be believed.
var (
	ErrUnsigned   = errors.New("it is not signed")
	ErrUnknownKey = errors.New("none of audit.keys has signed it")
	ErrForged     = errors.New("its signature is wrong")
)

// NewCheckpoint is the checkpoint of a record whose last row is head, signed with the first of the keys.
func NewCheckpoint(head Row, at time.Time, keys Keys) Checkpoint {
	c := Checkpoint{At: at.UTC(), Rows: head.Seq, Head: head.Hash}
	if len(keys) > 0 {
		c.Key = KeyID(keys[0])
		c.MAC = hex.EncodeToString(authenticate(keys[0], c.signed()))
	}
	return c
}

// Check tells whether one of the keys has signed the checkpoint. Without keys there is nothing to check.
func (c Checkpoint) Check(keys Keys) error {
	if len(keys) == 0 {
		return nil
	}
	if c.MAC == "" {
		return ErrUnsigned
	}
	key, ok := keys.find(c.Key)
	if !ok {
		return fmt.Errorf("%w (its key is %q)", ErrUnknownKey, c.Key)
	}
	mac, err := hex.DecodeString(c.MAC)
	if err != nil || !hmac.Equal(mac, authenticate(key, c.signed())) {
		return ErrForged
	}
	return nil
}

// signed is what the signature covers: everything else.
func (c Checkpoint) signed() string {
	return fmt.Sprintf("opsbot audit checkpoint 1\n%s\n%d\n%q\n%q\n", c.At.UTC().Format(time.RFC3339Nano), c.Rows, c.Head, c.Key)
}
