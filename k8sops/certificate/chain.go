package certificate

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// Chain is a server's certificate and behind it those that it rests on, in the order in which a server sends them.
type Chain []*x509.Certificate

// ErrEmpty is the error of a text without any certificate.
var ErrEmpty = errors.New("no certificate")

// Parse reads PEM. What stands between the blocks is left out, as servers leave it out.
func Parse(text []byte) (Chain, error) {
	var chain Chain
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		parsed, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(chain)+1, err)
		}
		chain = append(chain, parsed)
	}
	if len(chain) == 0 {
		return nil, ErrEmpty
	}
	return chain, nil
}

// PEM writes the chain as servers read it.
func (c Chain) PEM() []byte {
	var out bytes.Buffer
	for _, one := range c {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one.Raw}))
	}
	return out.Bytes()
}

// Leaf is the server's own certificate.
func (c Chain) Leaf() *x509.Certificate { return c[0] }

// Ends is when the first certificate of the chain expires: from then on clients refuse it.
func (c Chain) Ends() time.Time {
	ends := c[0].NotAfter
	for _, one := range c[1:] {
		if one.NotAfter.Before(ends) {
			ends = one.NotAfter
		}
	}
	return ends
}

// Names are the host names and addresses that a certificate is for. Without any, clients of old look at the common name.
func Names(leaf *x509.Certificate) []string {
	names := append([]string{}, leaf.DNSNames...)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 && leaf.Subject.CommonName != "" {
		names = append(names, leaf.Subject.CommonName)
	}
	return names
}

// Covers reports whether a certificate is good for a name. "*.example.com" is covered by the same wildcard only.
func Covers(leaf *x509.Certificate, name string) bool { return leaf.VerifyHostname(name) == nil }

// Subject and Issuer are names as people know them: the common name or, where there is none, the whole.
func Subject(leaf *x509.Certificate) string {
	return shortName(leaf.Subject.CommonName, leaf.Subject.String(), Names(leaf))
}

// Issuer is who has signed it.
func Issuer(leaf *x509.Certificate) string {
	return shortName(leaf.Issuer.CommonName, leaf.Issuer.String(), nil)
}

func shortName(common, whole string, names []string) string {
	switch {
	case common != "":
		return common
	case whole != "":
		return whole
	case len(names) > 0:
		return names[0]
	}
	return "?"
}

// Mark tells chains apart: the beginning of a SHA-256 over all of it.
func (c Chain) Mark() string {
	hash := sha256.New()
	for _, one := range c {
		hash.Write(one.Raw)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// SelfSigned reports whether a certificate rests on nothing but itself.
func SelfSigned(one *x509.Certificate) bool { return bytes.Equal(one.RawIssuer, one.RawSubject) }

// Within reports whether a server that shows other serves this chain: its own certificate comes first, and all that is needed to trust it, which a root is
// not, is there.
func (c Chain) Within(other Chain) bool {
	if !bytes.Equal(c[0].Raw, other[0].Raw) {
		return false
	}
	for _, one := range c[1:] {
		if !SelfSigned(one) && !slices.ContainsFunc(other, one.Equal) {
			return false
		}
	}
	return true
}

// HostOf is a host name that a certificate is asked for by: one that a wildcard covers in place of the wildcard, "" for an address.
func HostOf(name string) string {
	if net.ParseIP(name) != nil {
		return ""
	}
	if rest, wild := strings.CutPrefix(name, "*."); wild {
		return "www." + rest
	}
	return name
}
