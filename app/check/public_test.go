package check

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/configs"
	"opsbot/handlers/httpapi"
	"opsbot/internal/apptest"
)

// check looks at paging.public_url as somebody outside does, and finds a proxy that leads to the wrong listener.
func TestCheckOfThePublicListener(t *testing.T) {
	c := apptest.PagingConfig(t, apptest.Workspace(t), "", nil)
	require.Contains(t, checked(t, c), "warn  paging.public_url could not be tried from here: ")

	public := httpapi.Public(http.NotFoundHandler(), http.NotFoundHandler())
	webhook := &httpapi.Webhook{Tokens: []string{"a-token"}, Now: time.Now, Log: zap.NewNop()}
	internal := httpapi.Internal(webhook, promhttp.Handler(), public, nil)
	lead := func(to http.Handler) {
		server := httptest.NewServer(to)
		t.Cleanup(server.Close)
		var err error
		c.Paging.PublicURL, err = configs.ParseURL(server.URL)
		require.NoError(t, err)
	}
	lead(httpapi.NewPublicServer(public, nil, time.Now).Handler)
	require.Contains(t, checked(t, c), "ok    paging.public_url: nothing internal can be reached at http")
	for _, hidden := range [][]string{{}, {"/readyz"}, {"/readyz", "/metrics"}} {
		closed := http.NewServeMux()
		closed.Handle("/", internal)
		for _, path := range hidden {
			closed.Handle(path, http.NotFoundHandler())
		}
		lead(closed)
		require.Contains(t, checked(t, c), "can be reached from outside, and is internal")
	}
	require.NotContains(t, checked(t, c), "http.public_listen is empty")
	c.HTTP.PublicListen, c.OnCall.FeedTokens = "", []configs.Secret{configs.NewSecret("a-token-for-calendars")}
	require.Contains(t, checked(t, c), "warn  http.public_listen is empty")
	require.Contains(t, checked(t, c), "warn  oncall.feed_tokens is set")
}
