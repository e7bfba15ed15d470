package pki

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

	"opsbot/testcluster/host"
)

const certificateLifetime = 7 * 24 * time.Hour

// Authority is the certificate authority of one cluster. It signs serving certificates and, on demand, the client
// certificates that make somebody an authenticated user.
type Authority struct {
	cert    *x509.Certificate
	key     *ecdsa.PrivateKey
	CertPEM []byte
}

// KeyPair is a certificate with its private key, both PEM.
type KeyPair struct{ Cert, Key []byte }

func newAuthority(name string) (*Authority, error) {
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
	return &Authority{cert: cert, key: key, CertPEM: pemBlock("CERTIFICATE", der)}, nil
}

// Client signs a certificate for a Kubernetes user: the common name is the user, the organizations are the groups.
func (a *Authority) Client(user string, groups ...string) (KeyPair, error) {
	template := certificate(pkix.Name{CommonName: user, Organization: groups})
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.sign(template)
}

// server signs a serving certificate for loopback and the given DNS names.
func (a *Authority) server(name string, dnsNames ...string) (KeyPair, error) {
	template := certificate(pkix.Name{CommonName: name})
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.DNSNames = append([]string{"localhost"}, dnsNames...)
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	return a.sign(template)
}

func (a *Authority) sign(template *x509.Certificate) (KeyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return KeyPair{}, fmt.Errorf("generate key of %s: %w", template.Subject.CommonName, err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return KeyPair{}, fmt.Errorf("sign certificate of %s: %w", template.Subject.CommonName, err)
	}
	keyPEM, err := encodeKey(key)
	if err != nil {
		return KeyPair{}, err
	}
	return KeyPair{Cert: pemBlock("CERTIFICATE", der), Key: keyPEM}, nil
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

// Files is the directory with all certificates and keys that the components read from files.
type Files struct {
	Dir   string
	CA    *Authority
	front *Authority
}

// Path returns the path of a file such as "apiserver.crt".
func (p *Files) Path(name string) string { return filepath.Join(p.Dir, name) }

// New makes all certificates and writes them into dir.
func New(dir string) (*Files, error) {
	ca, err := newAuthority("testcluster-ca")
	if err != nil {
		return nil, err
	}
	// Aggregated API servers trust whoever this authority signs to speak for any user, so it must be another one.
	front, err := newAuthority("testcluster-front-proxy-ca")
	if err != nil {
		return nil, err
	}
	p := &Files{Dir: dir, CA: ca, front: front}
	files, err := p.files()
	if err != nil {
		return nil, err
	}
	if err := host.WriteFiles(dir, files); err != nil {
		return nil, fmt.Errorf("write certificates: %w", err)
	}
	return p, nil
}

func (p *Files) files() (map[string][]byte, error) {
	serviceAccountKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate service account key: %w", err)
	}
	keyPEM, err := encodeKey(serviceAccountKey)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"ca.crt": p.CA.CertPEM, "front-ca.crt": p.front.CertPEM, "service-account.key": keyPEM}
	pairs := map[string]func() (KeyPair, error){
		"etcd":           func() (KeyPair, error) { return p.CA.server("etcd") },
		"etcd-client":    func() (KeyPair, error) { return p.CA.Client("etcd-client") },
		"apiserver":      func() (KeyPair, error) { return p.CA.server("apiserver", "kubernetes.default.svc") },
		"front-proxy":    func() (KeyPair, error) { return p.front.Client("front-proxy") },
		"kwok":           func() (KeyPair, error) { return p.CA.server("kwok") },
		"metrics-server": func() (KeyPair, error) { return p.CA.server("metrics-server", "metrics-server.kube-system.svc") },
	}
	for name, sign := range pairs {
		pair, err := sign()
		if err != nil {
			return nil, err
		}
		files[name+".crt"], files[name+".key"] = pair.Cert, pair.Key
	}
	return files, nil
}
