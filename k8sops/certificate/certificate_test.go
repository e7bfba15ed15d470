package certificate_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
	"opsbot/k8sops/certificate"
)

func names(t *testing.T, chain certificate.Chain) []string {
	t.Helper()
	return certificate.Names(chain.Leaf())
}

func TestWhatAServerShows(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	shop := ca.Issue(t, optest.TestNow(), []string{"shop.example.com", "10.0.0.7"})
	answer := certificate.Ask(t.Context(), certificate.FromHere, optest.ServeTLS(t, func() optest.Issued { return shop }), "shop.example.com")
	require.Equal(t, certificate.Shown, answer.State)
	require.Equal(t, []string{"shop.example.com", "10.0.0.7"}, names(t, answer.Chain))

	// A server that wants a certificate of its clients has shown its own before it says so.
	picky := httptest.NewUnstartedServer(http.NotFoundHandler())
	picky.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}
	picky.StartTLS()
	t.Cleanup(picky.Close)
	require.Equal(t, certificate.Shown, certificate.Ask(t.Context(), certificate.FromHere, picky.Listener.Addr().String(), "").State)

	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	require.Equal(t, certificate.Plain, certificate.Ask(t.Context(), certificate.FromHere, plain.Listener.Addr().String(), "").State)

	choosy := httptest.NewUnstartedServer(http.NotFoundHandler())
	choosy.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("unknown name") }}
	choosy.StartTLS()
	t.Cleanup(choosy.Close)
	require.Equal(t, certificate.Refused, certificate.Ask(t.Context(), certificate.FromHere, choosy.Listener.Addr().String(), "other.example.com").State)

	nobody := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route to host") }
	require.Equal(t, certificate.Unreachable, certificate.Ask(t.Context(), nobody, "203.0.113.1:443", "").State)
}

func TestAddressesThatAreNotDialled(t *testing.T) {
	for _, address := range []string{"169.254.169.254:80", "[fe80::1]:443", "224.0.0.1:443", "0.0.0.0:443"} {
		_, err := certificate.FromHere(t.Context(), "tcp", address)
		require.ErrorContains(t, err, "not an address of a server", address)
	}
}

func TestChains(t *testing.T) {
	root := optest.NewAuthority(t, "Example Root", nil)
	ca := optest.NewAuthority(t, "Example CA", root)
	shop := ca.Issue(t, optest.TestNow().AddDate(0, 0, 20), []string{"*.example.com"})
	whole, err := certificate.Parse([]byte("a comment\n" + shop.Certificate + shop.Key + ca.PEM + root.PEM))
	require.NoError(t, err)
	require.Len(t, whole, 3)
	require.Equal(t, optest.TestNow().AddDate(0, 0, 20), whole.Ends())
	require.True(t, whole.Within(whole[:2]), "a server need not send the root")
	require.False(t, whole.Within(whole[:1]))
	require.False(t, whole[:1].Within(whole[1:]))
	require.NotEqual(t, whole.Mark(), whole[:2].Mark())
	require.Equal(t, shop.Certificate+ca.PEM+root.PEM, string(whole.PEM()))
	require.Equal(t, "Example CA", certificate.Issuer(whole.Leaf()))
	require.True(t, certificate.Covers(whole.Leaf(), "a.example.com"))
	require.True(t, certificate.Covers(whole.Leaf(), "*.example.com"))
	require.False(t, certificate.Covers(whole.Leaf(), "a.b.example.com"))
	require.Equal(t, "www.example.com", certificate.HostOf("*.example.com"))
	require.Empty(t, certificate.HostOf("10.0.0.7"))
	_, err = certificate.Parse([]byte(shop.Key))
	require.ErrorIs(t, err, certificate.ErrEmpty)
}

func TestUrgency(t *testing.T) {
	for days, want := range map[int]certificate.Urgency{
		-1: certificate.Expired, 0: certificate.Expired, 6: certificate.InAWeek, 7: certificate.InTwoWeeks, 13: certificate.InTwoWeeks, 14: certificate.InAMonth,
		29: certificate.InAMonth, 30: certificate.Fine,
	} {
		require.Equal(t, want, certificate.UrgencyOf(optest.TestNow().Add(time.Duration(days)*24*time.Hour), optest.TestNow()), days)
	}
}
