package app

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

var feedAddress = regexp.MustCompile(`http://\S+/oncall/dba\.ics\?token=opsbot_feed_\w+`)

// askForFeed is /oncall feed of a person, who alone sees the address.
func askForFeed(ctx context.Context, t *testing.T, slack *slacksim.Workspace, who string) string {
	t.Helper()
	seen := map[string]bool{}
	for _, m := range slack.Messages(incidents) {
		seen[feedAddress.FindString(m.Text())] = true
	}
	require.NoError(t, slack.User(who).Command(incidents, "/oncall feed"))
	m, err := slack.WaitMessage(ctx, slacksim.EphemeralTo(who), slacksim.Where(func(m slacksim.Message) bool {
		found := feedAddress.FindString(m.Text())
		return found != "" && !seen[found]
	}))
	require.NoError(t, err)
	return feedAddress.FindString(m.Text())
}

// A person subscribes with an address of their own, which they can take back, and which ends when they leave.
func TestACalendarAddressIsAPersonsOwn(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.PagingConfig(t, slack, "", nil)
	database := filepath.Join(t.TempDir(), "opsbot.db")
	url, err := configs.ParseURL("sqlite://" + database)
	require.NoError(t, err)
	c.Storage.URL = configs.SecretURL{URL: url}
	core, logged := observer.New(zap.DebugLevel)
	a, err := New(t.Context(), c, zap.New(core))
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
	require.NoError(t, slack.WaitConnected(ctx, 1))
	get := func(address string) int {
		status, _ := browse(t, http.MethodGet, address)
		return status
	}
	first := askForFeed(ctx, t, slack, "network")
	require.True(t, strings.HasPrefix(first, "http://"+a.PublicAddress()+"/"), first)
	require.Contains(t, fetch(t, first), "SUMMARY:")
	require.Equal(t, http.StatusOK, get(strings.Replace(first, "/dba.ics", "/network.ics", 1)))
	require.Equal(t, http.StatusNotFound, get(first[:len(first)-1]))

	second := askForFeed(ctx, t, slack, "network")
	require.Equal(t, http.StatusNotFound, get(first), "the new one is in its place")
	require.Equal(t, http.StatusOK, get(second))
	of := askForFeed(ctx, t, slack, "system")
	require.NoError(t, slack.User("network").Command(incidents, "/oncall feed revoke"))
	_, err = slack.WaitMessage(ctx, slacksim.EphemeralTo("network"), slacksim.Containing("您的日历地址已失效"))
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, get(second))
	require.Equal(t, http.StatusOK, get(of), "it is another person's")

	slack.User("system").Deactivate()
	require.Eventually(t, func() bool {
		_, err := a.store.FeedKeyOf(ctx, slack.User("system").ID())
		return err != nil
	}, 10*time.Second, 10*time.Millisecond, "also if nobody asks for the calendar")
	require.Equal(t, http.StatusNotFound, get(of))
	require.Equal(t, []string{
		"calendar address issued by " + slack.User("network").ID(), "calendar address issued by " + slack.User("network").ID(),
		"calendar address issued by " + slack.User("system").ID(), "calendar address revoked by " + slack.User("network").ID(),
		"calendar address ended by opsbot",
	}, audited(t, a, func(e audit.Event) bool { return e.Details["feed"] != "" }))
	for _, m := range slack.Messages(incidents) {
		require.False(t, feedAddress.MatchString(m.Text()) && m.Ephemeral == "", "for everybody to see: %s", m.Text())
	}
	stopped = true
	require.NoError(t, a.Stop(t.Context()))
	requireKeptNowhere(t, database, logged, first, second, of)
}

// requireKeptNowhere looks for the tokens of addresses in the database and in the log.
func requireKeptNowhere(t *testing.T, database string, logged *observer.ObservedLogs, addresses ...string) {
	t.Helper()
	files, err := filepath.Glob(database + "*")
	require.NoError(t, err)
	for _, address := range addresses {
		secret := address[strings.LastIndex(address, "_")+1:]
		require.Greater(t, len(secret), 20)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			require.False(t, strings.Contains(string(content), secret), file)
		}
		for _, entry := range logged.All() {
			for key, value := range entry.ContextMap() {
				text, _ := value.(string)
				require.NotContains(t, text, secret, "%s: %s", entry.Message, key)
			}
		}
	}
}
