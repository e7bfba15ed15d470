// Package agefile encrypts files for recipients, and reads those that are for its own identities, in the format of age
// (age-encryption.org/v1).
package agefile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
)

// ErrNoIdentity means that none of the identities, of which there may be none, opens a file.
var ErrNoIdentity = errors.New("no identity opens the file")

// Keys are who files are for, and what opens them. A nil Keys has neither.
type Keys struct {
	names      []string // of the recipients
	recipients []age.Recipient
	identities []age.Identity
	own        []string // recipients of the identities
}

// Parse reads recipients (age1…) and identities (AGE-SECRET-KEY-1…), each of which may be the text of a whole file of them, with
// comments. Its errors repeat no identity.
func Parse(recipients, identities []string) (*Keys, error) {
	k := &Keys{}
	for i, name := range recipients {
		if err := k.addRecipient(name); err != nil {
			return nil, fmt.Errorf("recipient %d: %w", i+1, err)
		}
	}
	for i, text := range identities {
		parsed, err := age.ParseIdentities(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("identity %d: not the text of an age identity (AGE-SECRET-KEY-1…), as age-keygen writes it", i+1)
		}
		for _, identity := range parsed {
			k.identities = append(k.identities, identity)
			if own := recipientOf(identity); own != "" {
				k.own = append(k.own, own)
			}
		}
	}
	return k, nil
}

func (k *Keys) addRecipient(name string) error {
	name = strings.TrimSpace(name)
	if strings.HasPrefix(strings.ToUpper(name), "AGE-SECRET-KEY-") {
		return errors.New("this is an identity, which must stay secret; give the recipient that belongs to it (age1…), as age-keygen -y prints it")
	}
	parsed, err := age.ParseRecipients(strings.NewReader(name))
	if err != nil || len(parsed) != 1 {
		return fmt.Errorf("%q is no age recipient (age1…)", name)
	}
	k.names, k.recipients = append(k.names, name), append(k.recipients, parsed[0])
	return nil
}

// Recipients are whom files are encrypted for; none: they are not.
func (k *Keys) Recipients() []string {
	if k == nil {
		return nil
	}
	return k.names
}

// CanRead tells whether one of the identities opens what is for these recipients.
func (k *Keys) CanRead(recipients []string) bool {
	return k != nil && slices.ContainsFunc(recipients, func(r string) bool { return slices.Contains(k.own, r) })
}

// Encrypt gives a writer whose content is encrypted to w. Only when it was closed without an error is the file whole.
func (k *Keys) Encrypt(w io.Writer) (io.WriteCloser, error) { return age.Encrypt(w, k.recipients...) }

// Decrypt gives the content of an encrypted file. A file that was cut short or changed is an error of the reader.
func (k *Keys) Decrypt(r io.Reader) (io.Reader, error) {
	if k == nil || len(k.identities) == 0 {
		return nil, ErrNoIdentity
	}
	content, err := age.Decrypt(r, k.identities...)
	if _, other := errors.AsType[*age.NoIdentityMatchError](err); other {
		return nil, ErrNoIdentity
	}
	return content, err
}

// intro begins each encrypted file.
const intro = "age-encryption.org/v1\n"

// IntroLength is how much of a file IsEncrypted looks at.
const IntroLength = len(intro)

// IsEncrypted tells by its beginning whether a file is encrypted.
func IsEncrypted(beginning []byte) bool { return strings.HasPrefix(string(beginning), intro) }

func recipientOf(identity age.Identity) string {
	if x, ok := identity.(*age.X25519Identity); ok {
		return x.Recipient().String()
	}
	return ""
}
