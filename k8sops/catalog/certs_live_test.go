package catalog

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/internal/secret"
	"opsbot/k8sops"
)

// outside is where the Ingress of the test is reached. A server of the test that reads its certificate from the Secret, as an Ingress controller
// does, answers there.
const outside = "203.0.113.10:443"

// servesSecret is a server in place of the Ingress controller. It takes what the Secret holds at each handshake.
func (l *live) servesSecret(t *testing.T) func(ctx context.Context, network, address string) (net.Conn, error) {
	t.Helper()
	at := optest.ServeTLS(t, func() optest.Issued {
		s, err := l.cluster.Client().CoreV1().Secrets(l.namespace).Get(context.Background(), "shop-tls", metav1.GetOptions{})
		if err != nil {
			return optest.Issued{}
		}
		return optest.Issued{Certificate: string(s.Data[corev1.TLSCertKey]), Key: string(s.Data[corev1.TLSPrivateKeyKey])}
	})
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != outside {
			return nil, errors.New("no route to host")
		}
		return (&net.Dialer{}).DialContext(ctx, network, at)
	}
}

// A certificate is seen where it is served, renewed with the rights of the network administrator, proven by a handshake, and brought back.
func TestLiveACertificateIsRenewed(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	var dial func(ctx context.Context, network, address string) (net.Conn, error)
	l := startLiveWith(t, nil, func(c *Config) {
		c.Certificates = []string{"shop-tls"}
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			return dial(ctx, network, address)
		}
	})
	dial = l.servesSecret(t)
	ca := optest.NewAuthority(t, "Example CA", nil)
	old, next := ca.Issue(t, time.Now().AddDate(0, 0, 5), []string{"shop.example.com"}), ca.Issue(t, time.Now().AddDate(0, 0, 80), []string{"shop.example.com"})
	client := l.cluster.Client()
	s := optest.TLSSecret("shop-tls", old)
	s.ObjectMeta = metav1.ObjectMeta{Name: "shop-tls"}
	_, err := client.CoreV1().Secrets(l.namespace).Create(t.Context(), s, metav1.CreateOptions{})
	require.NoError(t, err)
	ingress, err := client.NetworkingV1().Ingresses(l.namespace).Create(t.Context(), &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: "shop"},
		Spec: networkingv1.IngressSpec{
			TLS:            []networkingv1.IngressTLS{{SecretName: "shop-tls", Hosts: []string{"shop.example.com"}}},
			DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "api-gateway", Port: networkingv1.ServiceBackendPort{Number: 80}}},
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	ingress.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: "203.0.113.10"}}
	_, err = client.NetworkingV1().Ingresses(l.namespace).UpdateStatus(t.Context(), ingress, metav1.UpdateOptions{})
	require.NoError(t, err)

	_, _, shown, _ := l.do(t, k8sops.Network, "certs")
	text := shownCard(t, shown.Card)
	require.Contains(t, text, "this one (1 of 1)")
	require.Contains(t, text, "Renew it now")

	call := l.call(t, k8sops.Network, "certs restore shop-tls")
	call.Operation, err = k8sops.Find(l.ops, "certs renew")
	require.NoError(t, err)
	call.Args = k8sops.Args{"name": "shop-tls", "certificate": k8sops.Typed, "key": k8sops.Typed}
	call.Secrets = k8sops.Secrets{"certificate": secret.New(next.Certificate), "key": secret.New(next.Key)}
	require.NoError(t, k8sops.Preflight(t.Context(), call.Client, call.Namespace, *call.Operation))
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, explained(err))
	l.guard(t, call)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.certs.renew.proven", proof.Summary.ID)
	renewed, err := client.CoreV1().Secrets(l.namespace).Get(t.Context(), "shop-tls", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, next.Certificate, string(renewed.Data[corev1.TLSCertKey]))
	require.Equal(t, next.Key, string(renewed.Data[corev1.TLSPrivateKeyKey]))

	log, err := os.ReadFile(l.cluster.AuditLog())
	require.NoError(t, err)
	for line := range strings.Lines(next.Key) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			require.NotContains(t, string(log), line, "the API server's audit log")
		}
	}
	require.NotContains(t, string(log), base64.StdEncoding.EncodeToString([]byte(next.Key)))

	_, _, _, proof = l.do(t, k8sops.System, undoLine(t, l.ops, call, plan))
	require.Equal(t, "k8sops.certs.renew.proven", proof.Summary.ID)
	back, err := client.CoreV1().Secrets(l.namespace).Get(t.Context(), "shop-tls", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, old.Certificate, string(back.Data[corev1.TLSCertKey]))

	denied := l.call(t, k8sops.Development, "certs")
	err = k8sops.Preflight(t.Context(), denied.Client, denied.Namespace, *denied.Operation)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
}
