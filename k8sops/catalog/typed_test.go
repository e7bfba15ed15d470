package catalog

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/optest"
	"opsbot/internal/secret"
	"opsbot/k8sops"
)

// typedFor is what a form asks for, for the lines that no person can type whole.
func typedFor(t *testing.T, line string) k8sops.Secrets {
	t.Helper()
	if !strings.HasPrefix(line, "certs renew") {
		return nil
	}
	next := shopCertificate(t, 90)
	return k8sops.Secrets{"certificate": secret.New(next.Certificate), "key": secret.New(next.Key)}
}

// renewedSecret is a TLS secret that was renewed before.
func renewedSecret(t *testing.T) *corev1.Secret {
	t.Helper()
	kept, s := shopCertificate(t, 5), optest.TLSSecret("shop-tls", shopCertificate(t, 60))
	s.Data["opsbot-previous.crt"], s.Data["opsbot-previous.key"] = []byte(kept.Certificate), []byte(kept.Key)
	return s
}

func shopCertificate(t *testing.T, days int) optest.Issued {
	t.Helper()
	return optest.NewAuthority(t, "Example CA", nil).Issue(t, optest.TestNow().AddDate(0, 0, days), []string{"shop.example.com"})
}
