package slacksim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func newClock() *slacksim.FakeClock {
	return slacksim.NewFakeClock(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
}

func TestHello(t *testing.T) { // SF-1.10
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	_, first := dial(t, w)
	require.Equal(t, "hello", first["type"])
	require.EqualValues(t, 1, first["num_connections"])
	require.EqualValues(t, 18060, first["debug_info"].(object)["approximate_connection_time"])
	_, second := dial(t, w)
	require.EqualValues(t, 2, second["num_connections"])
	require.Equal(t, 2, w.Connections())
}

func TestTicketsAreSingleUseAndShortLived(t *testing.T) { // SF-1.5
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	used, late := dialLink(t, w), dialLink(t, w)
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), used, nil)
	require.NoError(t, err)
	defer conn.Close()
	_, resp, err := websocket.DefaultDialer.DialContext(t.Context(), used, nil)
	require.Error(t, err)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	clock.Advance(31 * time.Second)
	_, resp, err = websocket.DefaultDialer.DialContext(t.Context(), late, nil)
	require.Error(t, err)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
}

func TestSocketsBeyondTheLimitAreTurnedAway(t *testing.T) { // SF-1.51
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	w.AllowViolation("too_many_websockets: connection number 11")
	for range 10 {
		dial(t, w)
	}
	s, frame := dial(t, w)
	require.Equal(t, "disconnect", frame["type"])
	require.Equal(t, "too_many_websockets", frame["reason"])
	require.EqualValues(t, 10, frame["num_connections"])
	s.ended()
	require.Equal(t, 10, w.Connections())
}

func TestPingsComeOnTime(t *testing.T) { // SF-1.30
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	s, _ := dial(t, w)
	pings := make(chan string, 10)
	s.conn.SetPingHandler(func(data string) error { pings <- data; return nil })
	go func() { _, _, _ = s.conn.ReadMessage() }()
	clock.Advance(3 * time.Second)
	require.Equal(t, "Ping from applink-1", <-pings)
	clock.Advance(9 * time.Second)
	require.Empty(t, pings)
	clock.Advance(11 * time.Second)
	<-pings
	<-pings
}

func TestRefreshAtTheEndOfLife(t *testing.T) { // SF-1.52, SF-1.4
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), dialLink(t, w)+"&debug_reconnects=true", nil)
	require.NoError(t, err)
	defer conn.Close()
	s := &rawSocket{t: t, conn: conn}
	require.EqualValues(t, 360, s.read()["debug_info"].(object)["approximate_connection_time"])
	clock.Advance(350 * time.Second)
	require.Equal(t, "warning", s.read()["reason"])
	clock.Advance(10 * time.Second)
	require.Equal(t, "refresh_requested", s.read()["reason"])
	clock.Advance(time.Second)
	s.ended()
}

func TestPayloadsSpreadOverSockets(t *testing.T) { // SF-1.50
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	counts := make(chan int, 100)
	for i := range 3 {
		s, _ := dial(t, w)
		go func() {
			for {
				var o object
				if s.conn.ReadJSON(&o) != nil {
					return
				}
				_ = s.conn.WriteJSON(object{"envelope_id": o["envelope_id"]})
				counts <- i
			}
		}()
	}
	got := map[int]int{}
	for range 60 {
		require.NoError(t, w.User("dba").Command("#ops", "/ops help"))
		got[<-counts]++
	}
	for i := range 3 {
		require.Greater(t, got[i], 5, "socket %d of %v", i, got)
	}
}

func TestUnackedEventsComeAgain(t *testing.T) { // SF-1.40, SF-1.41
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	w.AllowViolation("missed_ack: no ack within 3 s for events_api app_mention")
	w.AllowViolation("missed_ack: no ack within 3 s for events_api message.channels")
	s, _ := dial(t, w)
	_, err := w.User("dba").Mention("#incidents", "", "help")
	require.NoError(t, err)
	mention := func() object {
		for {
			e := s.read()
			if e["payload"].(object)["event"].(object)["type"] == "app_mention" {
				return e
			}
		}
	}
	first := mention()
	require.EqualValues(t, 0, first["retry_attempt"])
	require.Equal(t, "", first["retry_reason"])
	require.Equal(t, false, first["accepts_response_payload"])
	for attempt, wait := range []time.Duration{time.Second, time.Minute, 5 * time.Minute} {
		clock.Advance(3 * time.Second)
		clock.Advance(wait)
		again := mention()
		require.EqualValues(t, attempt+1, again["retry_attempt"])
		require.Equal(t, "timeout", again["retry_reason"])
		require.Equal(t, first["payload"].(object)["event_id"], again["payload"].(object)["event_id"])
	}
	s.ack(object{"envelope_id": "x"}, "") // a probe: nothing but its violation may follow
	w.AllowViolation("unknown_ack")
	clock.Advance(time.Hour)
	require.NoError(t, w.WaitIdle(deadline(t), 0))
}

func TestEventsWaitForAConnection(t *testing.T) { // SF-1.41
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	_, err := w.User("dba").Post("#incidents", "anybody there?")
	require.NoError(t, err)
	s, _ := dial(t, w)
	clock.Advance(time.Second)
	e := s.read()
	require.EqualValues(t, 1, e["retry_attempt"])
	s.ack(e, "")
	require.NoError(t, w.WaitIdle(deadline(t), 0))
}

func TestBadAcksAreRecorded(t *testing.T) { // SF-1.22, SF-1.24
	skipShort(t)
	for name, c := range map[string]struct {
		frame func(id string) string
		want  string
	}{
		"unknown envelope": {func(string) string { return `{"envelope_id":"nobody"}` }, "unknown_ack"},
		"not JSON":         {func(string) string { return `ok` }, "ack_not_json"},
		"payload for an event": {func(id string) string {
			return fmt.Sprintf(`{"envelope_id":%q,"payload":{"text":"hi"}}`, id)
		}, "unexpected_ack_payload"},
		"twice": {func(id string) string { return fmt.Sprintf(`{"envelope_id":%q}`, id) }, "acked_twice"},
		"20 KiB": {func(id string) string {
			frame := fmt.Sprintf(`{"envelope_id":%q,"payload":{"text":""}}`, id)
			return strings.Replace(frame, `""`, `"`+strings.Repeat("x", 20480-len(frame))+`"`, 1)
		}, "ack_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			w := slacksim.New(t, slacksim.Options{})
			s, _ := dial(t, w)
			_, err := w.User("dba").Post("#incidents", "hello")
			require.NoError(t, err)
			e := s.read()
			s.send(c.frame(e["envelope_id"].(string)))
			if c.want != "unexpected_ack_payload" {
				s.ack(e, "")
			}
			require.NoError(t, w.WaitIdle(deadline(t), 0))
			require.Eventually(t, func() bool { return len(w.Violations()) == 1 }, 10*time.Second, time.Millisecond)
			require.Equal(t, c.want, w.Violations()[0].Kind)
			w.AllowViolation(c.want)
		})
	}
}

func TestFragmentedAcksAreNotReassembled(t *testing.T) { // SF-1.25
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	dialer := websocket.Dialer{WriteBufferSize: 64}
	conn, _, err := dialer.DialContext(t.Context(), dialLink(t, w), nil)
	require.NoError(t, err)
	defer conn.Close()
	s := &rawSocket{t: t, conn: conn}
	s.read()
	_, err = w.User("dba").Post("#incidents", "hello")
	require.NoError(t, err)
	e := s.read()
	s.send(fmt.Sprintf(`{"envelope_id":%q,"filler":%q}`, e["envelope_id"], strings.Repeat("x", 300)))
	require.Eventually(t, func() bool { return len(w.Violations()) == 1 }, 10*time.Second, time.Millisecond)
	require.Equal(t, "fragmented_ack", w.Violations()[0].Kind)
	w.AllowViolation("fragmented_ack")
	s.ack(e, "")
	require.NoError(t, w.WaitIdle(deadline(t), 0))
}

func TestAckOnAnotherSocket(t *testing.T) { // SF-1.54
	skipShort(t)
	for _, bound := range []bool{false, true} {
		t.Run(fmt.Sprintf("bound=%v", bound), func(t *testing.T) {
			w := slacksim.New(t, slacksim.Options{AcksBoundToSocket: bound})
			first, _ := dial(t, w)
			_, err := w.User("dba").Post("#incidents", "hello")
			require.NoError(t, err)
			e := first.read()
			second, _ := dial(t, w)
			second.ack(e, "")
			if !bound {
				require.NoError(t, w.WaitIdle(deadline(t), 0))
				return
			}
			require.Eventually(t, func() bool { return len(w.Violations()) == 1 }, 10*time.Second, time.Millisecond)
			w.AllowViolation("ack_on_other_socket")
			first.ack(e, "")
			require.NoError(t, w.WaitIdle(deadline(t), 0))
		})
	}
}

func TestSlackGoSurvivesEveryDisconnect(t *testing.T) {
	skipShort(t)
	for _, reason := range []string{"warning", "refresh_requested", "dropped"} {
		t.Run(reason, func(t *testing.T) {
			w := slacksim.New(t, slacksim.Options{})
			bot := startBot(t, w, nil)
			if reason == "dropped" {
				w.DropSockets()
			} else {
				w.Disconnect(reason)
			}
			_, err := w.User("dba").Post("#incidents", "still there?")
			require.NoError(t, err)
			require.Equal(t, "still there?", nextInner[*slackevents.MessageEvent](t, bot).Text)
		})
	}
}

func TestLinkDisabledStays(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	s, _ := dial(t, w)
	w.SetLinkDisabled(true)
	require.Equal(t, "link_disabled", s.read()["reason"])
	_, frame := dial(t, w)
	require.Equal(t, "link_disabled", frame["reason"])
	w.SetLinkDisabled(false)
	_, frame = dial(t, w)
	require.Equal(t, "hello", frame["type"])
}

func TestHalfOpenLinkIsNotTheAppsFault(t *testing.T) { // SF-1.33
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	dead, _ := dial(t, w)
	w.SetHalfOpen(true)
	_, err := w.User("dba").Post("#incidents", "hello?")
	require.NoError(t, err)
	clock.Advance(3 * time.Second)
	dead.conn.Close()
	require.Eventually(t, func() bool { return w.Connections() == 0 }, 10*time.Second, time.Millisecond)
	alive, _ := dial(t, w)
	clock.Advance(time.Second)
	e := alive.read()
	require.EqualValues(t, 1, e["retry_attempt"])
	alive.ack(e, "")
	require.NoError(t, w.WaitIdle(deadline(t), 0))
}

// What was sent while the link was dead never arrived, although the link lives again before its ack is due.
func TestRevivedLinkIsNotTheAppsFaultEither(t *testing.T) {
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	link, _ := dial(t, w)
	w.SetHalfOpen(true)
	_, err := w.User("dba").Post("#incidents", "hello?")
	require.NoError(t, err)
	clock.Advance(2 * time.Second)
	w.SetHalfOpen(false)
	clock.Advance(time.Second)
	require.Empty(t, w.Violations())
	clock.Advance(time.Second)
	e := link.read()
	link.ack(e, "")
	require.NoError(t, w.WaitIdle(deadline(t), 0))
}

func TestOfflineIsUnreachable(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	w.SetOffline(true)
	require.Zero(t, w.Connections())
	_, err := bot.api.AuthTest()
	require.Error(t, err)
	require.EqualError(t, w.User("dba").Command("#ops", "/ops help"), "dispatch_failed")
	w.SetOffline(false)
	require.NoError(t, w.WaitConnected(deadline(t), 1))
	_, err = bot.api.AuthTest()
	require.NoError(t, err)
}

func TestOpeningNeedsTheAppToken(t *testing.T) { // SF-1.1, SF-1.3
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	o, _ := post(t, w.APIURL()+"apps.connections.open", "", w.BotToken(), "")
	require.Equal(t, "not_allowed_token_type", o["error"])
	o, _ = post(t, w.APIURL()+"apps.connections.open", "application/x-www-form-urlencoded", "", "token="+w.AppToken())
	require.Equal(t, "missing_args", o["error"])
	_, err := slack.New(w.AppToken(), slack.OptionAPIURL(w.APIURL())).AuthTest()
	require.EqualError(t, err, "not_allowed_token_type")
}
