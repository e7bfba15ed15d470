package app

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/promtest"
	"opsbot/slacksim"
)

// connections are samples of every 15 s until now: they rise to the limit of the rule of the tests, and over it.
func connections(now time.Time) string {
	var b strings.Builder
	fmt.Fprintln(&b, "# TYPE pg_connections gauge")
	for i := range 120 {
		fmt.Fprintf(&b, "pg_connections{pod=\"postgres-0\"} %d %d\n", 40+i/2, now.Add(time.Duration(i-119)*15*time.Second).Unix())
	}
	return b.String()
}

// The page of the timeline has a picture of what the alert measured, and says so where Prometheus has none.
func TestReportsDrawTheAlertsExpression(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Prometheus")
	}
	prometheus := promtest.Start(t, connections(time.Now()))
	address, err := configs.ParseURL(prometheus)
	require.NoError(t, err)
	s := newTeller(t, func(c *configs.Config) { c.Prometheus.URL = configs.SecretURL{URL: address} })
	for i, expression := range []string{`pg_connections{pod="postgres-0"} > 90`, "never_measured > 1"} {
		status, err := postWebhook(s.ctx, s.app.Address(), fmt.Sprintf(`{"version":"4","groupKey":"{}:{service=\"postgres\"}","status":"firing","receiver":"opsbot","alerts":[{"status":"firing",`+
			`"labels":{"alertname":"Connections%d","service":"postgres","severity":"critical"},"startsAt":%q,"endsAt":"0001-01-01T00:00:00Z","generatorURL":%q,"fingerprint":"%016x"}]}`,
			i, time.Now().UTC().Format(time.RFC3339), "http://prometheus.test/graph?g0.tab=1&g0.expr="+url.QueryEscape(expression), i+1))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
	}
	s.becomes("Connections1", true)
	for _, form := range []string{"timeline html", "postmortem"} {
		require.NoError(t, second(s.slack.User("dba").Mention(incidents, s.header.TS, "incident "+form)))
		page := s.page("inc-1-" + strings.Fields(form)[0])
		for _, part := range []string{"<svg", "postgres-0", "= 90", "never_measured &gt; 1</code></figcaption><p class=\"note\">Prometheus has no data"} {
			require.Contains(t, page, part, form)
		}
	}
}

// page waits for an HTML file in the thread.
func (s *teller) page(prefix string) string {
	s.Helper()
	m := s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Where(func(m slacksim.Message) bool {
		return len(m.Files) == 1 && strings.HasPrefix(m.Files[0].Name, prefix) && strings.HasSuffix(m.Files[0].Name, ".html")
	}))
	return string(m.Files[0].Content)
}
