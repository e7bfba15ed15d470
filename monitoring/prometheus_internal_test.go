package monitoring

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A report must not wait for a server that takes the query and says nothing.
func TestPrometheusThatSaysNothing(t *testing.T) {
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-done }))
	defer server.Close()
	defer close(done)
	p, err := NewPrometheus(server.URL)
	require.NoError(t, err)
	p.patience = 50 * time.Millisecond
	_, err = p.Graph(t.Context(), "up", time.Now().Add(-time.Hour), time.Now())
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// An expression may be about every pod of a large cluster.
func TestPrometheusThatAnswersAtLength(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte(" "), maxAnswer+1))
	}))
	defer server.Close()
	p, err := NewPrometheus(server.URL)
	require.NoError(t, err)
	_, err = p.Graph(t.Context(), "up", time.Now().Add(-time.Hour), time.Now())
	require.ErrorContains(t, err, "too large")
}
