package app

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"opsbot/internal/apptest"
	"opsbot/internal/mailtest"
)

// The link of a mail leads to the public listener, which knows nothing of metrics, readiness and the webhook.
func TestThePublicListenerServesTheLinksOfMailsAlone(t *testing.T) {
	mail := mailtest.Start(t)
	c := apptest.PagingConfig(t, apptest.Workspace(t), mail.SMTP, nil)
	core, logged := observer.New(zap.DebugLevel)
	a, err := New(t.Context(), c, zap.New(core))
	require.NoError(t, err)
	require.NoError(t, a.Start(t.Context()))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	public, internal := "http://"+a.PublicAddress(), "http://"+a.Address()
	for _, path := range []string{"/metrics", "/readyz", "/healthz", "/webhooks/alertmanager"} {
		status, _ := browse(t, http.MethodGet, public+path)
		require.Equal(t, http.StatusNotFound, status, path)
		status, _ = browse(t, http.MethodGet, internal+path)
		require.NotEqual(t, http.StatusNotFound, status, path)
	}
	require.Equal(t, http.StatusNotFound, postAlerts(t, a.PublicAddress()))
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))

	link := ackLink.FindString(mail.WaitMessage(ctx, t, "postgres is down").Text)
	require.True(t, strings.HasPrefix(link, public+"/ack/"), link)
	status, _ := browse(t, http.MethodGet, link)
	require.Equal(t, http.StatusOK, status)
	const misled = "a request from outside came to http.listen"
	require.Empty(t, logged.FilterMessageSnippet(misled).All())
	for range 2 {
		status, page := browse(t, http.MethodPost, strings.Replace(link, public, internal, 1))
		require.Contains(t, []int{http.StatusOK, http.StatusConflict}, status, "a proxy that was set up for one listener")
		require.Contains(t, page, "INC-1")
	}
	require.Len(t, logged.FilterMessageSnippet(misled).All(), 1)
	token := link[strings.LastIndex(link, "/")+1:]
	for _, entry := range logged.All() {
		for key, value := range entry.ContextMap() {
			text, _ := value.(string)
			require.NotContains(t, text, token, "%s: %s", entry.Message, key)
		}
	}
}

// Who wants one listener has one.
func TestOneListenerServesEverything(t *testing.T) {
	c := apptest.PagingConfig(t, apptest.Workspace(t), mailtest.FreeAddress(t), nil)
	c.HTTP.Listen, c.HTTP.PublicListen = c.HTTP.PublicListen, ""
	a := startApp(t, c)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Empty(t, a.PublicAddress())
	status, page := browse(t, http.MethodGet, c.Paging.PublicURL.Reveal()+"/ack/nonsense")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, page, "<html", "it is the page that says so")
}
