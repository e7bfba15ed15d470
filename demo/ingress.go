package demo

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/testcluster"
)

// The shop's way in: an Ingress with the certificate of a Secret. The demo has no Ingress controller, but a server that does the one thing that
// certificates need of it.
const (
	shopHost   = "shop.example.com"
	shopSecret = "shop-tls"
)

// startIngress makes the Secret and the Ingress, and serves at the address in its status what the Secret holds.
func (d *demo) startIngress(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		d.serveShop(listener)
	}()
	d.teardown.Add("Ingress", func(context.Context) error {
		err := listener.Close()
		<-served
		return err
	})
	certificate, key, err := selfSigned(shopHost, 90*24*time.Hour)
	if err != nil {
		return err
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: shopSecret}, Type: corev1.SecretTypeTLS, Data: map[string][]byte{corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: key}}
	if _, err := d.cluster.Client().CoreV1().Secrets(testcluster.PlatformNamespace).Create(ctx, secret, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("create secret %s: %w", shopSecret, err)
	}
	return d.createIngress(ctx, listener.Addr().(*net.TCPAddr).Port)
}

func (d *demo) createIngress(ctx context.Context, port int) error {
	ingresses := d.cluster.Client().NetworkingV1().Ingresses(testcluster.PlatformNamespace)
	ingress, err := ingresses.Create(ctx, &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: "shop"},
		Spec: networkingv1.IngressSpec{
			TLS:            []networkingv1.IngressTLS{{Hosts: []string{shopHost}, SecretName: shopSecret}},
			DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "api-gateway", Port: networkingv1.ServiceBackendPort{Number: 80}}},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create ingress: %w", err)
	}
	ingress.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{
		IP: "127.0.0.1", Ports: []networkingv1.IngressPortStatus{{Port: int32(port), Protocol: corev1.ProtocolTCP}},
	}}
	if _, err := ingresses.UpdateStatus(ctx, ingress, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("status of ingress: %w", err)
	}
	return nil
}

// serveShop ends each connection after the handshake.
func (d *demo) serveShop(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return // closed
		}
		server := tls.Server(conn, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: d.shopCertificate})
		_ = server.SetDeadline(time.Now().Add(5 * time.Second))
		_ = server.Handshake() // whoever looked has seen it
		_ = server.Close()
	}
}

// shopCertificate is what the Secret holds now.
func (d *demo) shopCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	secret, err := d.cluster.Client().CoreV1().Secrets(testcluster.PlatformNamespace).Get(hello.Context(), shopSecret, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey])
	return &pair, err
}

// selfSigned makes a certificate for a host, and its key, in PEM.
func selfSigned(host string, valid time.Duration) (certificate, key []byte, err error) {
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(valid),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &signer.PublicKey, signer)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), nil
}
