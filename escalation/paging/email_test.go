package paging_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/internal/mailtest"
)

func email(t testing.TB, server string) *paging.Email {
	t.Helper()
	return &paging.Email{Server: server, Mode: paging.NoTLS, From: "opsbot <opsbot@company.com>", Writer: writer(t)}
}

func requireFailure(t testing.TB, err error, temporary bool) {
	t.Helper()
	var failure *paging.Failure
	require.ErrorAs(t, err, &failure)
	require.Equal(t, temporary, failure.Temporary, "%v", err)
}

func TestEmail(t *testing.T) {
	server := mailtest.Start(t)
	e := email(t, server.SMTP)
	for locale, want := range map[string][]string{
		"en":    {"INC-12 needs you (critical): PostgresDown: <script> Bcc: x@y.z", "李四, you are paged as database administrator", "Acknowledge: https://opsbot.company.com/ack/"},
		"zh-CN": {"INC-12 需要您处理（严重）：PostgresDown: <script> Bcc: x@y.z", "李四", "确认：https://opsbot.company.com/ack/"},
	} {
		n := notice(oncall.ViaEmail, "dba@company.com", locale)
		n.Page.IntendedAt = n.Page.IntendedAt.Add(time.Duration(len(locale)))
		receipt, err := e.Send(t.Context(), n)
		require.NoError(t, err)
		got := server.WaitMessage(t.Context(), t, want[0])
		require.Equal(t, receipt, "<"+got.MessageID+">")
		require.Equal(t, want[0], got.Subject)
		require.Equal(t, "dba@company.com", got.To[0].Address)
		require.Equal(t, "李四", got.To[0].Name)
		for _, text := range want[1:] {
			require.Contains(t, got.Text, text)
		}
		require.Contains(t, got.HTML, `<html lang="`+locale+`">`)
		require.Contains(t, got.HTML, `href="https://opsbot.company.com/ack/`)
		require.Contains(t, got.HTML, "&lt;script&gt;alert(1)", "alerts are untrusted")
		require.NotContains(t, got.HTML, "<script>")
	}
	require.Len(t, server.Messages(t), 2)
}

// A page whose outcome got lost is sent again, and the mailbox has it once.
func TestEmailTwiceIsOneMail(t *testing.T) {
	server := mailtest.Start(t)
	e := email(t, server.SMTP)
	for range 2 {
		_, err := e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
		require.NoError(t, err)
	}
	require.Len(t, server.Messages(t), 1)
}

func TestEmailFailures(t *testing.T) {
	server := mailtest.Start(t, "--smtp-allowed-recipients", "@company\\.com$")
	e := email(t, server.SMTP)
	_, err := e.Send(t.Context(), notice(oncall.ViaEmail, "dba@elsewhere.com", "en"))
	requireFailure(t, err, false)

	server.Refuse(t, 451)
	_, err = e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
	requireFailure(t, err, true)
	require.ErrorContains(t, err, "451", "greylisting")
	server.Refuse(t, 0)
	_, err = e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
	require.NoError(t, err)

	e.Server = mailtest.FreeAddress(t)
	_, err = e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
	requireFailure(t, err, true)
}

func TestEmailThatHangsEnds(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = email(t, silent.Addr().String()).Send(ctx, notice(oncall.ViaEmail, "dba@company.com", "en"))
	requireFailure(t, err, true)
}

func TestEmailEncryptedAndLoggedIn(t *testing.T) {
	cert, key, pool := certificate(t)
	users := filepath.Join(t.TempDir(), "users")
	require.NoError(t, os.WriteFile(users, []byte("opsbot:secret\n"), 0o600))
	for mode, option := range map[paging.TLSMode]string{paging.StartTLS: "--smtp-require-starttls", paging.TLS: "--smtp-require-tls"} {
		t.Run(string(mode), func(t *testing.T) {
			server := mailtest.Start(t, "--smtp-tls-cert", cert, "--smtp-tls-key", key, "--smtp-auth-file", users, option)
			e := email(t, server.SMTP)
			e.Mode, e.Username, e.Password = mode, "opsbot", "secret"
			_, err := e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
			require.ErrorContains(t, err, "certificate", "one that nobody vouches for")

			e.TLS = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
			_, err = e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
			require.NoError(t, err)
			require.NoError(t, e.Check(t.Context()))
			e.Password = "wrong"
			_, err = e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
			requireFailure(t, err, false)
			require.Error(t, e.Check(t.Context()))
		})
	}
}

func TestStartTLSIsNotOptional(t *testing.T) {
	server := mailtest.Start(t)
	e := email(t, server.SMTP)
	e.Mode = paging.StartTLS
	_, err := e.Send(t.Context(), notice(oncall.ViaEmail, "dba@company.com", "en"))
	require.ErrorContains(t, err, "STARTTLS")
	require.Empty(t, server.Messages(t))
}

// certificate makes one for 127.0.0.1 that only the pool vouches for.
func certificate(t testing.TB) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	keyDER, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(certFile, certPEM, 0o600))
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), 0o600))
	pool = x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(certPEM))
	return certFile, keyFile, pool
}
