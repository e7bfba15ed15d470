package certs

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/messages"
)

// material is a certificate with its key, as it goes into a Secret.
type material struct {
	chain certificate.Chain
	key   []byte
}

// mostInChain is how many certificates a chain may have.
const mostInChain = 10

// typed reads what a person typed into the form, and refuses whatever a server could not use.
func typed(args renewArgs, now time.Time) (material, error) {
	certificates, err := joined(args.Certificate, args.Chain)
	if err != nil {
		return material{}, err
	}
	keyText, err := joined(args.Key, args.KeyRest)
	if err != nil {
		return material{}, err
	}
	chain, err := readChain(certificates, now)
	if err != nil {
		return material{}, err
	}
	key, err := readKey(keyText)
	if err != nil {
		return material{}, err
	}
	return material{chain, key.text}, key.fits(chain.Leaf())
}

// joined is what was typed into two fields: one field of Slack's holds 3,000 characters, and a chain or a large key has more.
func joined(first, rest k8sops.Secret) (string, error) {
	a, err := first.Reveal()
	if err != nil || !rest.Given {
		return a, err
	}
	b, err := rest.Reveal()
	return strings.TrimRight(a, "\r\n") + "\n" + strings.TrimLeft(b, "\r\n"), err
}

// readChain takes certificates and nothing else, in the order in which they are to be served.
func readChain(text string, now time.Time) (certificate.Chain, error) {
	if holdsKey(text) {
		return nil, k8sops.Invalid(messages.New("k8sops.certs.renew.key_among_certificates"))
	}
	chain, err := certificate.Parse([]byte(text))
	switch {
	case err != nil:
		return nil, k8sops.Invalid(messages.New("k8sops.certs.renew.no_certificate", "reason", err))
	case len(chain) > mostInChain:
		return nil, k8sops.Invalid(messages.New("k8sops.certs.renew.too_many", "count", len(chain), "max", mostInChain))
	case strings.Count(text, "-----BEGIN") != len(chain):
		return nil, k8sops.Invalid(messages.New("k8sops.certs.renew.cut_off", "count", len(chain)))
	}
	if err := forServers(chain.Leaf(), len(chain)); err != nil {
		return nil, err
	}
	if err := inOrder(chain); err != nil {
		return nil, err
	}
	return chain, inTime(chain, now)
}

func holdsKey(text string) bool { return strings.Contains(text, "PRIVATE KEY-----") }

// forServers refuses a certificate authority's own certificate in first place, and one for clients.
func forServers(leaf *x509.Certificate, count int) error {
	subject := certificate.Subject(leaf)
	if leaf.IsCA && count > 1 {
		return k8sops.Invalid(messages.New("k8sops.certs.renew.authority_first", "subject", subject))
	}
	usages := leaf.ExtKeyUsage
	if len(usages) > 0 && !slices.Contains(usages, x509.ExtKeyUsageServerAuth) && !slices.Contains(usages, x509.ExtKeyUsageAny) {
		return k8sops.Invalid(messages.New("k8sops.certs.renew.not_for_servers", "subject", subject))
	}
	if len(leaf.DNSNames) == 0 && len(leaf.IPAddresses) == 0 {
		return k8sops.Invalid(messages.New("k8sops.certs.renew.no_names", "subject", subject))
	}
	return nil
}

// inOrder makes sure that each certificate is signed by the next one.
func inOrder(chain certificate.Chain) error {
	for i, one := range chain[:len(chain)-1] {
		if err := one.CheckSignatureFrom(chain[i+1]); err != nil {
			return k8sops.Invalid(messages.New("k8sops.certs.renew.order", "subject", certificate.Subject(one), "next", certificate.Subject(chain[i+1]), "issuer", certificate.Issuer(one)))
		}
	}
	return nil
}

func inTime(chain certificate.Chain, now time.Time) error {
	for _, one := range chain {
		switch subject := certificate.Subject(one); {
		case !one.NotAfter.After(now):
			return k8sops.Invalid(messages.New("k8sops.certs.renew.expired", "subject", subject, "ended", messages.Date(one.NotAfter)))
		case one.NotBefore.After(now):
			return k8sops.Invalid(messages.New("k8sops.certs.renew.not_yet", "subject", subject, "begins", messages.Date(one.NotBefore)))
		}
	}
	return nil
}

// privateKey is a key as PEM and as it is used.
type privateKey struct {
	text   []byte
	signer crypto.Signer
}

// readKey takes one unencrypted private key, in PKCS #8, PKCS #1 or SEC 1. Nothing of it is in an error.
func readKey(text string) (privateKey, error) {
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return privateKey{}, k8sops.Invalid(messages.New("k8sops.certs.renew.no_key"))
		}
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue // "EC PARAMETERS" stand in front of some keys
		}
		if strings.HasPrefix(block.Type, "ENCRYPTED") || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return privateKey{}, k8sops.Invalid(messages.New("k8sops.certs.renew.key_encrypted"))
		}
		signer := signerOf(block.Bytes)
		if signer == nil {
			return privateKey{}, k8sops.Invalid(messages.New("k8sops.certs.renew.key_unreadable"))
		}
		if holdsKey(string(rest)) {
			return privateKey{}, k8sops.Invalid(messages.New("k8sops.certs.renew.two_keys"))
		}
		return privateKey{pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}), signer}, nil
	}
}

// signerOf is nil where it is no key, or none that a server can use.
func signerOf(der []byte) crypto.Signer {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		signer, _ := key.(crypto.Signer)
		return signer
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key
	}
	return nil
}

// fits makes sure that the certificate is for the key.
func (k privateKey) fits(leaf *x509.Certificate) error {
	public, ok := k.signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(leaf.PublicKey) {
		return k8sops.Invalid(messages.New("k8sops.certs.renew.key_of_another", "subject", certificate.Subject(leaf)))
	}
	return nil
}
