package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/httpapi"
)

// public is the public server on a real port. Its handlers answer with the address that they take for the sender's.
type public struct {
	t   *testing.T
	url string
	now atomic.Int64
}

func newPublic(t *testing.T, proxies ...string) *public {
	t.Helper()
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		_, _ = w.Write([]byte(r.RemoteAddr))
	})
	var networks []netip.Prefix
	for _, proxy := range proxies {
		networks = append(networks, netip.MustParsePrefix(proxy))
	}
	p := &public{t: t}
	server := httptest.NewUnstartedServer(nil)
	server.Config = httpapi.NewPublicServer(httpapi.Public(echo, echo), networks, func() time.Time { return time.Unix(p.now.Load(), 0) })
	server.Start()
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *public) ask(method, path, body string, header ...string) (status int, answer string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return resp.StatusCode, string(text)
}

func TestThePublicServerServesNothingInternal(t *testing.T) {
	p := newPublic(t)
	for _, path := range []string{
		"/metrics", "/healthz", "/readyz", "/webhooks/alertmanager", "/", "/paging/", "/debug/pprof/", "/oncall/", "//metrics", "/ack/../metrics",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, answer := p.ask(method, path, "")
			require.Equal(t, http.StatusNotFound, status, "%s %s: %s", method, path, answer)
		}
	}
	for _, path := range []string{"/ack/token", "/paging/twilio/sms", "/oncall/dba.ics"} {
		status, _ := p.ask(http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, status, path)
	}
}

func TestThePublicServerBoundsWhatItReads(t *testing.T) {
	p := newPublic(t)
	large := strings.Repeat("a", 64<<10+1)
	status, _ := p.ask(http.MethodPost, "/paging/twilio/sms", large)
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	status, _ = p.ask(http.MethodGet, "/ack/token", "", "X-Large", strings.Repeat("a", 32<<10))
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, status)
	status, _ = p.ask(http.MethodPost, "/paging/twilio/sms", "Body="+large[:60<<10])
	require.Equal(t, http.StatusOK, status)
}

// Who asks too often waits; the others do not. What a source that is no proxy says about itself does not count.
func TestThePublicServerBoundsEachSource(t *testing.T) {
	p := newPublic(t, "127.0.0.0/8")
	ask := func(from string) int {
		status, _ := p.ask(http.MethodGet, "/ack/token", "", "X-Forwarded-For", from)
		return status
	}
	for range 100 {
		require.Equal(t, http.StatusOK, ask("203.0.113.7"))
	}
	require.Equal(t, http.StatusTooManyRequests, ask("203.0.113.7"))
	require.Equal(t, http.StatusTooManyRequests, ask("198.51.100.1, 203.0.113.7"), "what it has invented")
	require.Equal(t, http.StatusTooManyRequests, ask("203.0.113.7, 127.0.0.3"), "through a second proxy")
	require.Equal(t, http.StatusOK, ask("203.0.113.8"))
	p.now.Add(1)
	require.Equal(t, http.StatusOK, ask("203.0.113.7"))
	for range 100 {
		require.Equal(t, http.StatusOK, ask("2001:db8:1:2::1"))
	}
	require.Equal(t, http.StatusTooManyRequests, ask("2001:db8:1:2:ffff::9"), "the same customer")
	require.Equal(t, http.StatusOK, ask("2001:db8:1:3::1"))

	_, from := p.ask(http.MethodGet, "/ack/token", "", "X-Forwarded-For", "203.0.113.9:4711")
	require.Equal(t, "203.0.113.9:0", from, "as it is logged")
	_, from = p.ask(http.MethodGet, "/ack/token", "", "X-Forwarded-For", "nonsense")
	require.Equal(t, "127.0.0.1:0", from)
	_, from = newPublic(t).ask(http.MethodGet, "/ack/token", "", "X-Forwarded-For", "203.0.113.9")
	require.Contains(t, from, "127.0.0.1:", "no proxy is trusted")
}
