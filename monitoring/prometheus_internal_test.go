package monitoring

import (
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
