package httpapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation/oncall"
	"opsbot/handlers/httpapi"
	"opsbot/store"
)

func TestTheTurnsOfARoleAsACalendar(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	overrides, err := store.Open(t.Context(), "sqlite://:memory:", store.Options{Now: now})
	require.NoError(t, err)
	defer overrides.Close()
	table, err := oncall.NewDirectory([]oncall.Contact{
		{ID: "zhangsan", Role: oncall.System, Name: "张三", Slack: "U0ZHANGSAN"}, {ID: "zhaoliu", Role: oncall.Development, Name: "赵六", Slack: "U0ZHAOLIU"},
	}, oncall.Rotation{
		Role: oncall.Development, People: []string{"zhaoliu", "zhangsan"}, Days: 1, First: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	var directories oncall.Directories
	var broken error
	open := func(_ context.Context, token string) (bool, error) { return token == "somebodys-own", broken }
	feed := &httpapi.OnCallFeed{
		Open:   func() func(context.Context, string) (bool, error) { return open },
		Tokens: []string{"a-token-for-the-tests", "another-token-of-ours"}, Directories: func() oncall.Directories { return directories },
		Title: func(role oncall.Role) string { return "On call: " + string(role) }, Now: now, Log: zap.NewNop(),
	}
	server := httptest.NewServer(httpapi.Public(http.NotFoundHandler(), feed))
	defer server.Close()
	get := func(path string) (int, string, string) {
		resp, err := http.Get(server.URL + path)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, resp.Header.Get("Content-Type"), string(body)
	}
	const good = "/oncall/development.ics?token=another-token-of-ours"
	status, _, _ := get(good)
	require.Equal(t, http.StatusServiceUnavailable, status, "while opsbot starts")
	directories = &oncall.Roster{Table: table, Overrides: overrides, Now: now}
	status, kind, body := get(good)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "text/calendar; charset=utf-8", kind)
	require.Contains(t, body, "X-WR-CALNAME:On call: development\r\n")
	require.Contains(t, body, "DTSTART:20260302T000000Z\r\n")
	require.Contains(t, body, "SUMMARY:赵六\r\n")
	for _, path := range []string{
		"/oncall/development.ics", "/oncall/development.ics?token=", "/oncall/development.ics?token=a-token-for-the-test",
		"/oncall/chef.ics?token=a-token-for-the-tests", "/oncall/development?token=a-token-for-the-tests", "/oncall/",
	} {
		status, _, _ = get(path)
		require.Equal(t, http.StatusNotFound, status, path)
	}
	feed.Tokens = nil
	status, _, _ = get("/oncall/development.ics?token=")
	require.Equal(t, http.StatusNotFound, status)
	status, _, _ = get("/oncall/development.ics?token=somebodys-own")
	require.Equal(t, http.StatusOK, status)
	broken = errors.New("database is locked")
	status, _, body = get("/oncall/development.ics?token=somebodys-own")
	require.Equal(t, http.StatusServiceUnavailable, status, "that it is unknown whose it is does not mean that it is nobody's")
	require.NotContains(t, body, "database")
	require.NoError(t, overrides.Close())
	feed.Tokens = []string{"another-token-of-ours"}
	status, _, body = get(good)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.NotContains(t, body, "database")
}
