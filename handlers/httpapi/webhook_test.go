package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation/webhook"
	"opsbot/handlers/httpapi"
)

const path = "/webhooks/alertmanager"

// receiver decodes as the escalation service does, and keeps what it was given.
type receiver struct {
	err  error
	kept []string
}

func (r *receiver) Receive(_ context.Context, payload []byte) error {
	if _, err := webhook.Decode(payload, time.Time{}); err != nil {
		return err
	}
	if r.err == nil {
		r.kept = append(r.kept, string(payload))
	}
	return r.err
}

func newWebhook(r httpapi.Receiver, tokens ...string) *httpapi.Webhook {
	return &httpapi.Webhook{Receiver: r, Tokens: tokens, Now: time.Now, Log: zap.NewNop()}
}

// deliver is one request; authorization is left out where it is "".
func deliver(h http.Handler, method, authorization string, body io.Reader) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, body)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, request)
	return answer
}

func TestADeliveryIsAcknowledgedOnceItIsInTheJournal(t *testing.T) {
	h := newFixture(t)
	answer := deliver(newWebhook(h.service), http.MethodPost, "", strings.NewReader(string(firing("g"))))
	require.Equal(t, http.StatusOK, answer.Code)
	pending, err := h.store.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, pending, 1)
	require.JSONEq(t, string(firing("g")), string(pending[0].Payload))
}

func TestWithoutAJournalAlertmanagerIsToldToComeAgain(t *testing.T) {
	h := newFixture(t)
	require.NoError(t, h.store.Close())
	answer := deliver(newWebhook(h.service), http.MethodPost, "", strings.NewReader(string(firing("g"))))
	require.Equal(t, http.StatusServiceUnavailable, answer.Code)
	require.NotContains(t, answer.Body.String(), "closed", "the cause is for the log")
}

func TestRefusedDeliveries(t *testing.T) {
	good := string(firing("g"))
	for name, c := range map[string]struct {
		method, body string
		status       int
		says         string
	}{
		"read":           {http.MethodGet, "", 405, "POST"},
		"put":            {http.MethodPut, good, 405, "POST"},
		"empty":          {http.MethodPost, "", 400, "not the JSON"},
		"not JSON":       {http.MethodPost, "alert!", 400, "not the JSON"},
		"null":           {http.MethodPost, "null", 400, "not an Alertmanager notification"},
		"another shape":  {http.MethodPost, `{"hello":"world"}`, 400, "version"},
		"version 3":      {http.MethodPost, strings.Replace(good, `"4"`, `"3"`, 1), 400, "version"},
		"cut off":        {http.MethodPost, good[:len(good)/2], 400, "not the JSON"},
		"two at once":    {http.MethodPost, good + good, 400, "more than one"},
		"no fingerprint": {http.MethodPost, regexp.MustCompile(`[0-9a-f]{16}`).ReplaceAllString(good, ""), 400, "alerts[0].fingerprint"},
		"too large":      {http.MethodPost, strings.Repeat(" ", 16<<20) + good, 413, "max_alerts"},
	} {
		r := &receiver{}
		answer := deliver(newWebhook(r), c.method, "", strings.NewReader(c.body))
		require.Equal(t, c.status, answer.Code, name)
		require.Contains(t, answer.Body.String(), c.says, name)
		require.Empty(t, r.kept, name)
		if c.status == http.StatusMethodNotAllowed {
			require.Equal(t, http.MethodPost, answer.Header().Get("Allow"))
		}
	}
}

func TestTokensAndTheirRotation(t *testing.T) {
	for name, c := range map[string]struct {
		tokens        []string
		authorization string
		ok            bool
	}{
		"open":                {nil, "", true},
		"right":               {[]string{"new"}, "Bearer new", true},
		"any case of scheme":  {[]string{"new"}, "bearer new", true},
		"the new of two":      {[]string{"new", "old"}, "Bearer new", true},
		"the old of two":      {[]string{"new", "old"}, "Bearer old", true},
		"missing":             {[]string{"new"}, "", false},
		"wrong":               {[]string{"new", "old"}, "Bearer older", false},
		"a prefix":            {[]string{"new"}, "Bearer ne", false},
		"retired":             {[]string{"new"}, "Bearer old", false},
		"another scheme":      {[]string{"new"}, "Basic new", false},
		"no token":            {[]string{"new"}, "Bearer ", false},
		"the scheme alone":    {[]string{"new"}, "Bearer", false},
		"an empty one is set": {[]string{""}, "Bearer ", false},
		"both together":       {[]string{"new", "old"}, "Bearer new old", false},
	} {
		r := &receiver{}
		answer := deliver(newWebhook(r, c.tokens...), http.MethodPost, c.authorization, strings.NewReader(string(firing("g"))))
		if c.ok {
			require.Equal(t, http.StatusOK, answer.Code, name)
			continue
		}
		require.Equal(t, http.StatusUnauthorized, answer.Code, name)
		require.NotEmpty(t, answer.Header().Get("WWW-Authenticate"), name)
		require.Contains(t, answer.Body.String(), "webhook.bearer_tokens", "names what to mend")
		require.Empty(t, r.kept, name)
	}
}

func TestABodyThatBreaksOffIsAskedForAgain(t *testing.T) {
	for name, err := range map[string]error{"cut": io.ErrUnexpectedEOF, "too slow": context.DeadlineExceeded} {
		r := &receiver{}
		body := io.MultiReader(strings.NewReader(`{"version":"4"`), iotest.ErrReader(err))
		answer := deliver(newWebhook(r), http.MethodPost, "", body)
		require.Equal(t, http.StatusServiceUnavailable, answer.Code, name+": Alertmanager retries 5xx only")
		require.Empty(t, r.kept)
	}
}

func TestASenderThatStallsIsCutOff(t *testing.T) {
	r := &receiver{}
	server := httpapi.NewServer(httpapi.Internal(newWebhook(r), http.NotFoundHandler(), http.NotFoundHandler(), nil))
	require.NotZero(t, server.ReadHeaderTimeout)
	server.ReadTimeout = 50 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
	conn, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{", path)
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	answer, err := io.ReadAll(conn)
	require.NoError(t, err, "the server closes the connection")
	require.Contains(t, string(answer), "503 Service Unavailable")
	require.Empty(t, r.kept)
}

func TestDeliveriesAreCountedByOutcome(t *testing.T) {
	outcomes := map[string]int{}
	r := &receiver{}
	h := newWebhook(r)
	h.Observe = func(outcome string, _ time.Duration) { outcomes[outcome]++ }
	deliver(h, http.MethodPost, "", strings.NewReader(string(firing("g"))))
	deliver(h, http.MethodPost, "", strings.NewReader("x"))
	r.err = errors.New("locked")
	deliver(h, http.MethodPost, "", strings.NewReader(string(firing("g"))))
	require.Equal(t, map[string]int{"OK": 1, "Bad Request": 1, "Service Unavailable": 1}, outcomes)
}

// Each delivery that is refused for good is told with its cause; what sending again mends is not.
func TestRefusalsAreTold(t *testing.T) {
	good := string(firing("g"))
	for name, c := range map[string]struct {
		method, token, body string
		err                 error
		want                httpapi.RefusalCause
	}{
		"taken in":         {http.MethodPost, "right", good, nil, ""},
		"a wrong token":    {http.MethodPost, "wrong", good, nil, httpapi.RefusedToken},
		"too large":        {http.MethodPost, "right", strings.Repeat(" ", 16<<20) + good, nil, httpapi.RefusedSize},
		"another version":  {http.MethodPost, "right", strings.Replace(good, `"4"`, `"3"`, 1), nil, httpapi.RefusedVersion},
		"no notification":  {http.MethodPost, "right", "alert!", nil, httpapi.RefusedContent},
		"no delivery":      {http.MethodGet, "right", "", nil, ""},
		"no journal to it": {http.MethodPost, "right", good, errors.New("locked"), ""},
	} {
		var told []httpapi.Refusal
		h := newWebhook(&receiver{err: c.err}, "right")
		h.Refused = func(r httpapi.Refusal) { told = append(told, r) }
		answer := deliver(h, c.method, "Bearer "+c.token, strings.NewReader(c.body))
		if c.want == "" {
			require.Empty(t, told, name)
			continue
		}
		require.Len(t, told, 1, name)
		require.Equal(t, c.want, told[0].Cause, name)
		require.Equal(t, strings.TrimSpace(answer.Body.String()), told[0].Problem, name)
		require.Equal(t, "192.0.2.1", told[0].From, name)
	}
}

func TestRoutes(t *testing.T) {
	connected := errors.New("no Socket Mode connection")
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "opsbot_up 1") })
	routes := httpapi.Internal(newWebhook(&receiver{}), metrics, http.NotFoundHandler(), []httpapi.Probe{
		{Name: "store", Check: func() error { return nil }}, {Name: "slack", Check: func() error { return connected }},
	})
	get := func(path string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		routes.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		return answer
	}
	require.Equal(t, http.StatusOK, get("/healthz").Code)
	require.Equal(t, "opsbot_up 1", get("/metrics").Body.String())
	require.Equal(t, http.StatusNotFound, get("/").Code)
	require.Equal(t, http.StatusMethodNotAllowed, get(path).Code)
	require.Equal(t, http.StatusServiceUnavailable, get("/readyz").Code)
	require.JSONEq(t, `{"store":"ok","slack":"no Socket Mode connection"}`, get("/readyz").Body.String())
	connected = nil
	require.Equal(t, http.StatusOK, get("/readyz").Code)
}

// FuzzWebhook: whatever comes in, the answer is one of four, and 200 means that it was kept.
func FuzzWebhook(f *testing.F) {
	f.Add("POST", "Bearer t", firing("g"))
	f.Add("POST", "Bearer t", []byte(`{"version":"4","groupKey":"g","alerts":[]}`))
	f.Add("GET", "", []byte(nil))
	f.Add("POST", "Basic dDp0", []byte("null"))
	f.Fuzz(func(t *testing.T, method, authorization string, body []byte) {
		r := &receiver{}
		request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(body)))
		request.Method = method
		request.Header.Set("Authorization", authorization)
		answer := httptest.NewRecorder()
		newWebhook(r, "t").ServeHTTP(answer, request)
		require.Contains(t, []int{200, 400, 401, 405}, answer.Code)
		require.Equal(t, answer.Code == http.StatusOK, len(r.kept) == 1)
		require.Equal(t, answer.Code == http.StatusOK, answer.Body.Len() == 0, "a refusal says why")
	})
}
