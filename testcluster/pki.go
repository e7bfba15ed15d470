package testcluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"time"
)

const certificateLifetime = 7 * 24 * time.Hour

// authority is the certificate authority of one cluster. It signs serving certificates and, on demand, the client
// certificates that make somebody an authenticated user.
type authority struct {
	cert    *x509.Certificate
	key     *ecdsa.PrivateKey
	certPEM []byte
}

// keyPair is a certificate with its private key, both PEM.
type keyPair struct{ cert, key []byte }

func newAuthority(name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate key of authority %s: %w", name, err)
	}
	template := certificate(pkix.Name{CommonName: name})
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("create authority %s: %w", name, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("parse authority %s: %w", name, err)
	}
	return &authority{cert: cert, key: key, certPEM: pemBlock("CERTIFICATE", der)}, nil
}

// client signs a certificate for a Kubernetes user: the common name is the user, the organizations are the groups.
func (a *authority) client(user string, groups ...string) (keyPair, error) {
	template := certificate(pkix.Name{CommonName: user, Organization: groups})
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.sign(template)
}

// server signs a serving certificate for loopback and the given DNS names.
func (a *authority) server(name string, dnsNames ...string) (keyPair, error) {
	template := certificate(pkix.Name{CommonName: name})
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.DNSNames = append([]string{"localhost"}, dnsNames...)
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	return a.sign(template)
}

func (a *authority) sign(template *x509.Certificate) (keyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return keyPair{}, fmt.Errorf("generate key of %s: %w", template.Subject.CommonName, err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return keyPair{}, fmt.Errorf("sign certificate of %s: %w", template.Subject.CommonName, err)
	}
	keyPEM, err := encodeKey(key)
	if err != nil {
		return keyPair{}, err
	}
	return keyPair{cert: pemBlock("CERTIFICATE", der), key: keyPEM}, nil
}

func certificate(subject pkix.Name) *x509.Certificate {
	// 120 random bits cannot collide within a cluster's life.
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    now.Add(-time.Minute),
		NotAfter:     now.Add(certificateLifetime),
	}
}

// encodeKey uses the one form in which the API server accepts a service account key.
func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	return pemBlock("EC PRIVATE KEY", der), nil
}

func pemBlock(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// pki is the directory with all certificates and keys that the components read from files.
type pki struct {
	dir   string
	ca    *authority
	front *authority
}

// path returns the path of a file such as "apiserver.crt".
func (p *pki) path(name string) string { return filepath.Join(p.dir, name) }

func newPKI(dir string) (*pki, error) {
	ca, err := newAuthority("testcluster-ca")
	if err != nil {
		return nil, err
	}
	// Aggregated API servers trust whoever this authority signs to speak for any user, so it must be another one.
	front, err := newAuthority("testcluster-front-proxy-ca")
	if err != nil {
		return nil, err
	}
	p := &pki{dir: dir, ca: ca, front: front}
	files, err := p.files()
	if err != nil {
		return nil, err
	}
	if err := writeFiles(dir, files); err != nil {
		return nil, fmt.Errorf("write certificates: %w", err)
	}
	return p, nil
}

func (p *pki) files() (map[string][]byte, error) {
	serviceAccountKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate service account key: %w", err)
	}
	keyPEM, err := encodeKey(serviceAccountKey)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"ca.crt": p.ca.certPEM, "front-ca.crt": p.front.certPEM, "service-account.key": keyPEM}
	pairs := map[string]func() (keyPair, error){
		"etcd":           func() (keyPair, error) { return p.ca.server("etcd") },
		"etcd-client":    func() (keyPair, error) { return p.ca.client("etcd-client") },
		"apiserver":      func() (keyPair, error) { return p.ca.server("apiserver", "kubernetes.default.svc") },
		"front-proxy":    func() (keyPair, error) { return p.front.client("front-proxy") },
		"kwok":           func() (keyPair, error) { return p.ca.server("kwok") },
		"metrics-server": func() (keyPair, error) { return p.ca.server("metrics-server", "metrics-server.kube-system.svc") },
	}
	for name, sign := range pairs {
		pair, err := sign()
		if err != nil {
			return nil, err
		}
		files[name+".crt"], files[name+".key"] = pair.cert, pair.key
	}
	return files, nil
}
