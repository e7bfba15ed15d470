package slacksim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

type object = map[string]any

// form posts a call without slack-go, to see exactly what comes back.
func form(t *testing.T, w *slacksim.Workspace, method string, args ...string) (object, *http.Response) {
	t.Helper()
	values := url.Values{"token": {w.BotToken()}}
	for i := 0; i < len(args); i += 2 {
		values.Set(args[i], args[i+1])
	}
	resp, err := http.PostForm(w.APIURL()+method, values)
	require.NoError(t, err)
	return decode(t, resp), resp
}

func decode(t *testing.T, resp *http.Response) object {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	var o object
	require.NoError(t, json.Unmarshal(body, &o), "%s", body)
	return o
}

func post(t *testing.T, link, contentType, bearer, body string) (object, *http.Response) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link, strings.NewReader(body))
	require.NoError(t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	return decode(t, resp), resp
}

// rawSocket is a Socket Mode connection without slack-go.
type rawSocket struct {
	t    *testing.T
	conn *websocket.Conn
}

func dialLink(t *testing.T, w *slacksim.Workspace) string {
	t.Helper()
	o, _ := post(t, w.APIURL()+"apps.connections.open", "", w.AppToken(), "")
	require.Equal(t, true, o["ok"], "%v", o)
	return o["url"].(string)
}

// dial opens a socket and returns it with its first frame.
func dial(t *testing.T, w *slacksim.Workspace) (*rawSocket, object) {
	t.Helper()
	dialer := websocket.Dialer{WriteBufferSize: 32 << 10} // as slack-go has it (SF-1.6)
	conn, _, err := dialer.DialContext(t.Context(), dialLink(t, w), nil)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	s := &rawSocket{t: t, conn: conn}
	return s, s.read()
}

func (s *rawSocket) read() object {
	s.t.Helper()
	require.NoError(s.t, s.conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	var o object
	require.NoError(s.t, s.conn.ReadJSON(&o))
	return o
}

func (s *rawSocket) send(text string) {
	s.t.Helper()
	require.NoError(s.t, s.conn.WriteMessage(websocket.TextMessage, []byte(text)))
}

func (s *rawSocket) ack(envelope object, payload string) {
	s.t.Helper()
	id, _ := json.Marshal(envelope["envelope_id"])
	if payload != "" {
		payload = `,"payload":` + payload
	}
	s.send(`{"envelope_id":` + string(id) + payload + `}`)
}

// ended waits until the server has closed the connection.
func (s *rawSocket) ended() {
	s.t.Helper()
	require.NoError(s.t, s.conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	for {
		if _, _, err := s.conn.ReadMessage(); err != nil {
			require.NotErrorIs(s.t, err, os.ErrDeadlineExceeded, "the server keeps the connection")
			return
		}
	}
}
