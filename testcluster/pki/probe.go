package pki

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"time"
)

// HealthProbe returns a probe that wants 200 from url. The server must present a certificate of this cluster's
// authority: a component of another cluster that took the port meanwhile is not mistaken for ours.
func (p *Files) HealthProbe(url string, client KeyPair) (func(context.Context) error, error) {
	roots := x509.NewCertPool()
	roots.AddCert(p.CA.cert)
	cert, err := tls.X509KeyPair(client.Cert, client.Key)
	if err != nil {
		return nil, fmt.Errorf("load client certificate for %s: %w", url, err)
	}
	transport := &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{cert}},
	}
	httpClient := &http.Client{Transport: transport, Timeout: 5 * time.Second}
	return func(ctx context.Context) error { return wantOK(ctx, httpClient, url) }, nil
}

func wantOK(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
	return fmt.Errorf("%s answered %s: %s", url, resp.Status, body)
}
