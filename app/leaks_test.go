package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"opsbot/configs"
	"opsbot/escalation/incident"
	"opsbot/escalation/webhook"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// leakyPager answers every page with a status line that repeats a password, as some proxies do.
func leakyPager(t *testing.T) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = fmt.Fprint(conn, "HTTP/1.1 400 login failed for password=SECRET1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

// lockedBuffer is a log file in memory.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// What a pager answers, and a delivery that is set aside, may hold a password. It reaches neither the database, nor the log, nor Slack.
func TestNothingSecretOfAPageOrOfADeliveryThatIsSetAside(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.PagingConfig(t, slack, "", nil)
	address, err := configs.ParseURL(leakyPager(t))
	require.NoError(t, err)
	c.Paging.Order = []string{configs.PageWebhook, configs.PageSlack}
	c.Paging.Webhook = configs.PagingHook{URL: configs.SecretURL{URL: address}, Secret: configs.NewSecret("a secret that the pager shares with opsbot")}
	require.Empty(t, c.Validate())
	var log lockedBuffer
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&log), zap.DebugLevel)
	a, err := New(t.Context(), c, zap.New(core, withoutSecrets()))
	require.NoError(t, err)
	require.NoError(t, a.Start(t.Context()))
	stopped := false
	defer func() {
		if !stopped {
			require.NoError(t, a.Stop(t.Context()))
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()

	// A delivery that only an older opsbot would have taken in: set aside at the next look.
	odd := []byte(`{"version":"db password=SECRET1","groupKey":"g","commonAnnotations":{"dsn":"app:SECRET1@tcp(db:3306)/shop"},"alerts":[{}]}`)
	_, err = a.store.Append(ctx, time.Now(), webhook.WithoutSecrets(odd))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	require.Eventually(t, func() bool {
		pages, err := a.store.Pages(ctx, 1)
		return err == nil && len(pages) > 0 && pages[0].State == incident.PageFailed
	}, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("system").Command(incidents, "/incident pages INC-1"))
	_, err = slack.WaitMessage(ctx, slacksim.Containing("login failed for password=***"))
	require.NoError(t, err, "the reason itself is shown")
	require.NoError(t, a.Stop(t.Context()))
	stopped = true

	require.Contains(t, log.String(), "login failed for password=***")
	require.Contains(t, log.String(), "journaled delivery set aside")
	require.NotContains(t, log.String(), "SECRET1")
	for _, m := range slack.Messages(incidents) {
		require.NotContains(t, m.Text(), "SECRET1")
	}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(strings.TrimPrefix(c.Storage.URL.Reveal(), "sqlite://") + suffix)
		if suffix == "" {
			require.NoError(t, err)
		}
		require.NotContains(t, string(data), "SECRET1")
	}
}
