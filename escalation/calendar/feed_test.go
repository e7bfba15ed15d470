package calendar_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"opsbot/escalation/calendar"
	"opsbot/escalation/oncall"
	"opsbot/internal/bubble"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func feed(t testing.TB, client *http.Client, log *zap.Logger, locations ...string) *calendar.Feed {
	t.Helper()
	var sources []calendar.Source
	for i, location := range locations {
		sources = append(sources, calendar.Source{Role: oncall.ContactRoles()[i+1], Location: location, Zone: time.UTC})
	}
	return calendar.NewFeed(calendar.Config{
		Sources: sources, Person: directory(t).FindByName, HTTP: client, Now: func() time.Time { return now }, Log: log,
	})
}

func onCall(d oncall.Directory, f *calendar.Feed) (who []string, why oncall.DutyReason) {
	duty := d.WithCalendars(f.Calendars()).Duty(oncall.DBA, now)
	for _, c := range duty.People {
		who = append(who, c.ID)
	}
	return who, duty.Reason
}

const shiftOfWangwu = "UID:1\nDTSTART:20260302T010000Z\nDTEND:20260309T010000Z\nSUMMARY:王五"

// The calendar is there, then its server fails, then it shows a login page, then it is there again with somebody else.
func TestTheLastGoodCopyCounts(t *testing.T) {
	var answer atomic.Pointer[func(http.ResponseWriter)]
	says := func(write func(http.ResponseWriter)) { answer.Store(&write) }
	text := func(body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { _, _ = w.Write([]byte(body)) }
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { (*answer.Load())(w) }))
	defer server.Close()
	core, logs := observer.New(zap.ErrorLevel)
	f, d := feed(t, server.Client(), zap.New(core), server.URL+"/private-0123456789/basic.ics"), directory(t)

	who, why := onCall(d, f)
	require.Equal(t, []string{"lisi"}, who, "everybody of the role, while nothing is known")
	require.Equal(t, oncall.DutyFallback, why)
	says(text(ics(shiftOfWangwu)))
	f.Refresh(t.Context())
	who, why = onCall(d, f)
	require.Equal(t, []string{"wangwu"}, who)
	require.Equal(t, oncall.DutyCalendar, why)

	for _, fails := range []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		text("<html>Please log in</html>"), text(""), text(strings.Repeat("x", 11<<20)),
	} {
		says(fails)
		f.Refresh(t.Context())
		who, _ = onCall(d, f)
		require.Equal(t, []string{"wangwu"}, who)
		c := f.Calendars()[oncall.DBA]
		require.NotEmpty(t, c.Problem)
		require.Equal(t, now, c.ReadAt)
	}
	says(text(ics(strings.ReplaceAll(shiftOfWangwu, "王五", "张三"))))
	f.Refresh(t.Context())
	who, _ = onCall(d, f)
	require.Equal(t, []string{"zhangsan"}, who)
	require.Empty(t, f.Calendars()[oncall.DBA].Problem)

	server.Close()
	f.Refresh(t.Context())
	require.Contains(t, f.Calendars()[oncall.DBA].Problem, "refused")
	require.Equal(t, 5, logs.Len())
	for _, entry := range logs.All() {
		for _, value := range entry.ContextMap() {
			require.NotContains(t, value, "private-0123456789", "the address is a secret")
		}
	}
	require.NotContains(t, f.Calendars()[oncall.DBA].Problem, "private-0123456789")
}

func TestACalendarFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dba.ics")
	require.NoError(t, os.WriteFile(file, []byte(ics(shiftOfWangwu, "UID:2\nDTSTART:20260303T010000Z\nDURATION:PT1H\nSUMMARY:Carl")), 0o600))
	f := feed(t, http.DefaultClient, zap.NewNop(), file, filepath.Join(t.TempDir(), "missing.ics"))
	f.Refresh(t.Context())
	who, _ := onCall(directory(t), f)
	require.Equal(t, []string{"wangwu"}, who)
	require.Equal(t, []string{"Carl"}, f.Calendars()[oncall.DBA].UnknownEvents)
	require.Contains(t, f.Calendars()[oncall.Network].Problem, "no such file")
}

func TestACalendarIsReadAgain(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "dba.ics")
		write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
		f, d := feed(t, http.DefaultClient, zap.NewNop(), file), directory(t)
		f.Refresh(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		requireOnCall := func(after time.Duration, want string) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			who, _ := onCall(d, f)
			require.Equal(t, []string{want}, who)
		}
		write(ics(shiftOfWangwu))
		requireOnCall(59*time.Second, "lisi")
		requireOnCall(time.Second, "wangwu") // what failed is tried again after a minute
		write(ics(strings.ReplaceAll(shiftOfWangwu, "王五", "张三")))
		requireOnCall(15*time.Minute-time.Second, "wangwu")
		requireOnCall(time.Second, "zhangsan")
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}
