package optest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// Authority signs certificates.
type Authority struct {
	Name string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	PEM  string
}

// Issued is a certificate with its key, in PEM.
type Issued struct{ Certificate, Key string }

// NewAuthority makes one that signs itself or, with a parent, one that the parent signs.
func NewAuthority(t *testing.T, name string, parent *Authority) *Authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: TestNow().AddDate(-1, 0, 0), NotAfter: TestNow().AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a := &Authority{Name: name}
	a.cert, a.key, a.PEM = sign(t, template, parent)
	return a
}

// Issue makes a server's certificate for some names. Options change it before it is signed.
func (a *Authority) Issue(t *testing.T, ends time.Time, names []string, options ...func(*x509.Certificate)) Issued {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(ends.Unix()), Subject: pkix.Name{CommonName: names[0]}, NotBefore: ends.AddDate(0, 0, -90), NotAfter: ends,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	for _, option := range options {
		option(template)
	}
	_, key, text := sign(t, template, a)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return Issued{text, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
}

func sign(t *testing.T, template *x509.Certificate, by *Authority) (*x509.Certificate, *ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TLSSecret is a Secret with a certificate and its key.
func TLSSecret(name string, i Issued) *corev1.Secret {
	s := Secret(name, map[string]string{corev1.TLSCertKey: i.Certificate, corev1.TLSPrivateKeyKey: i.Key})
	s.Type = corev1.SecretTypeTLS
	return s
}

// ServeTLS accepts handshakes on this machine until the test ends, each with the certificate that current gives, and says where.
func ServeTLS(t *testing.T, current func() Issued) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		<-done
	})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			pair, err := tls.X509KeyPair([]byte(current().Certificate), []byte(current().Key))
			if err == nil {
				_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}).Handshake() // the client ends it as it likes
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
