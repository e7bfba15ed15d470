package paging_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
)

func webhook(t testing.TB, handler http.HandlerFunc) *paging.Webhook {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &paging.Webhook{URL: server.URL, Secret: secret, HTTP: server.Client(), Writer: writer(t), Now: func() time.Time { return start }}
}

func TestWebhook(t *testing.T) {
	var keys []string
	w := webhook(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.Equal(t, paging.Sign(secret, r.Header.Get("Opsbot-Timestamp"), body), r.Header.Get("Opsbot-Signature"))
		require.NotEqual(t, paging.Sign(secret, r.Header.Get("Opsbot-Timestamp"), append(body, ' ')), r.Header.Get("Opsbot-Signature"))
		require.Equal(t, "1772442000", r.Header.Get("Opsbot-Timestamp"))
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		var page map[string]any
		require.NoError(t, json.Unmarshal(body, &page))
		require.Equal(t, "12/3", page["page"])
		require.Equal(t, "INC-12", page["incident"])
		require.Equal(t, "critical", page["severity"])
		require.Equal(t, "李四", page["contact"].(map[string]any)["name"])
		require.Contains(t, page["ack_url"], "https://opsbot.company.com/ack/")
		w.Header().Set("X-Request-Id", "req-7")
		w.WriteHeader(http.StatusAccepted)
	})
	for range 2 {
		receipt, err := w.Send(t.Context(), notice(oncall.ViaWebhook, "dba@company.com", "en"))
		require.NoError(t, err)
		require.Equal(t, "202 Accepted req-7", receipt)
	}
	require.Equal(t, keys[0], keys[1], "the receiver recognises the second try")
}

func TestSignature(t *testing.T) {
	// printf '1772442000.{}' | openssl dgst -sha256 -hmac key
	require.Equal(t, "v1=f1f3156d1584e3396993a1ec388e2c2fcc2e6f10679efb9572293ead419d633e", paging.Sign([]byte("key"), "1772442000", []byte("{}")))
}

func TestWebhookFailures(t *testing.T) {
	for status, want := range map[int]paging.Failure{
		http.StatusBadRequest:         {},
		http.StatusUnauthorized:       {},
		http.StatusTooManyRequests:    {Temporary: true, After: 30 * time.Second},
		http.StatusServiceUnavailable: {Temporary: true, After: 30 * time.Second},
		http.StatusFound:              {},
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			w := webhook(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				if want.Temporary {
					w.Header().Set("Retry-After", "30")
				}
				w.WriteHeader(status)
			})
			_, err := w.Send(t.Context(), notice(oncall.ViaWebhook, "dba@company.com", "en"))
			var got *paging.Failure
			require.ErrorAs(t, err, &got)
			want.Cause = got.Cause
			require.Equal(t, &want, got)
		})
	}
}

func TestWebhookThatIsAway(t *testing.T) {
	w := webhook(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := w.Send(t.Context(), notice(oncall.ViaWebhook, "dba@company.com", "en"))
	var got *paging.Failure
	require.ErrorAs(t, err, &got)
	require.True(t, got.Temporary && got.Unsure, "it may have taken the page before it hung up")
	require.NotContains(t, err.Error(), w.URL, "the address may hold a password")

	w.URL = "http://127.0.0.1:1/secret"
	_, err = w.Send(t.Context(), notice(oncall.ViaWebhook, "dba@company.com", "en"))
	require.ErrorAs(t, err, &got)
	require.True(t, got.Temporary && !got.Unsure)
	require.NotContains(t, err.Error(), "/secret")
}
