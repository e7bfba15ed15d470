// Package twiliostub stands in for the few calls of Twilio's API that opsbot makes, for tests: nothing is sent anywhere. It
// checks what Twilio checks of these calls (account, authentication, parameters, form of the numbers), can fail as Twilio
// fails, and calls back with Twilio's signature.
package twiliostub

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The account that the stub knows.
const (
	AccountSID = "AC0123456789abcdef0123456789abcdef"
	AuthToken  = "fedcba9876543210fedcba9876543210"
	Number     = "+15005550006"
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// Stub is a running stand-in.
type Stub struct {
	URL string

	mu       sync.Mutex
	messages []Sent
	calls    []Sent
	failures []failure
}

// Sent is a message or a call that the stub took.
type Sent struct {
	SID, To, From string
	Body          string // of a message
	Twiml         string // of a call
	Callback      string // where its status is reported
	At            time.Time
}

type failure struct {
	status, code int
	taken        bool
}

// Start runs a stub until the test ends.
func Start(t testing.TB) *Stub {
	t.Helper()
	s := &Stub{}
	mux := http.NewServeMux()
	account := "/2010-04-01/Accounts/" + AccountSID
	mux.HandleFunc("GET "+account+".json", s.authorised(s.account))
	mux.HandleFunc("POST "+account+"/Messages.json", s.authorised(s.createMessage))
	mux.HandleFunc("GET "+account+"/Messages.json", s.authorised(s.listMessages))
	mux.HandleFunc("POST "+account+"/Calls.json", s.authorised(s.createCall))
	mux.HandleFunc("GET "+account+"/Calls.json", s.authorised(s.listCalls))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Fail makes the next request to send something fail with an HTTP status and a Twilio error code.
func (s *Stub) Fail(status, code int) { s.fail(failure{status: status, code: code}) }

// FailAfterTaking does the same, but what was to be sent is sent: the answer alone is lost.
func (s *Stub) FailAfterTaking() {
	s.fail(failure{status: http.StatusBadGateway, code: 20500, taken: true})
}

func (s *Stub) fail(f failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, f)
}

// Messages are the SMS so far, Calls the calls, the oldest first.
func (s *Stub) Messages() []Sent { return s.sent(&s.messages) }

// Calls are the calls so far, the oldest first.
func (s *Stub) Calls() []Sent { return s.sent(&s.calls) }

func (s *Stub) sent(list *[]Sent) []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(*list)
}

func (s *Stub) authorised(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != AccountSID || password != AuthToken {
			refuse(w, http.StatusUnauthorized, 20003, "Authenticate")
			return
		}
		if err := r.ParseForm(); err != nil {
			refuse(w, http.StatusBadRequest, 20001, err.Error())
			return
		}
		next(w, r)
	}
}

func (s *Stub) account(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"sid": AccountSID, "friendly_name": "stand-in", "status": "active"})
}

func (s *Stub) createMessage(w http.ResponseWriter, r *http.Request) {
	s.create(w, r, &s.messages, "SM", "Body", 1600)
}

func (s *Stub) createCall(w http.ResponseWriter, r *http.Request) {
	if err := xml.Unmarshal([]byte(r.PostForm.Get("Twiml")), new(struct{})); err != nil {
		refuse(w, http.StatusBadRequest, 21624, "Twiml is no XML: "+err.Error())
		return
	}
	s.create(w, r, &s.calls, "CA", "Twiml", 4000)
}

func (s *Stub) create(w http.ResponseWriter, r *http.Request, list *[]Sent, prefix, content string, limit int) {
	to, from, text := r.PostForm.Get("To"), r.PostForm.Get("From"), r.PostForm.Get(content)
	switch {
	case !e164.MatchString(to):
		refuse(w, http.StatusBadRequest, 21211, fmt.Sprintf("Invalid 'To' Phone Number: %s", to))
		return
	case from != Number:
		refuse(w, http.StatusBadRequest, 21606, "the 'From' number is not one of the account's")
		return
	case text == "" || len([]rune(text)) > limit:
		refuse(w, http.StatusBadRequest, 21602, content+" is missing or too long")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var f failure
	if len(s.failures) > 0 {
		f, s.failures = s.failures[0], s.failures[1:]
	}
	sent := Sent{SID: fmt.Sprintf("%s%032x", prefix, len(*list)+1), To: to, From: from, Body: r.PostForm.Get("Body"), Twiml: r.PostForm.Get("Twiml"), At: time.Now()}
	sent.Callback = r.PostForm.Get("StatusCallback")
	if f.status == 0 || f.taken {
		*list = append(*list, sent)
	}
	if f.status != 0 {
		refuse(w, f.status, f.code, "as the test wants it")
		return
	}
	write(w, http.StatusCreated, sent.json())
}

func (s *Stub) listMessages(w http.ResponseWriter, r *http.Request) {
	s.list(w, r, "messages", &s.messages)
}

func (s *Stub) listCalls(w http.ResponseWriter, r *http.Request) { s.list(w, r, "calls", &s.calls) }

func (s *Stub) list(w http.ResponseWriter, r *http.Request, name string, list *[]Sent) {
	found := []map[string]any{}
	for _, sent := range slices.Backward(s.sent(list)) {
		if sent.To == r.Form.Get("To") && sent.From == r.Form.Get("From") {
			found = append(found, sent.json())
		}
	}
	write(w, http.StatusOK, map[string]any{name: found, "page": 0, "page_size": 50, "next_page_uri": nil})
}

func (m Sent) json() map[string]any {
	return map[string]any{"sid": m.SID, "to": m.To, "from": m.From, "body": m.Body, "status": "queued", "date_created": m.At.UTC().Format(time.RFC1123Z)}
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	write(w, status, map[string]any{"status": status, "code": code, "message": message, "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code)})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone
}

// Reply sends an SMS from a telephone to the account's webhook and returns the status and what the telephone gets.
func (s *Stub) Reply(t testing.TB, webhook, from, body string) (status int, answer string) {
	t.Helper()
	return post(t, webhook, url.Values{"From": {from}, "To": {Number}, "Body": {body}, "AccountSid": {AccountSID}}, AuthToken)
}

// Press answers a call and presses a key; the answer is what the call says then.
func (s *Stub) Press(t testing.TB, call Sent, key string) (status int, answer string) {
	t.Helper()
	var script struct {
		Gather struct {
			Action string `xml:"action,attr"`
		}
	}
	if err := xml.Unmarshal([]byte(call.Twiml), &script); err != nil || script.Gather.Action == "" {
		t.Fatalf("the call asks for no key: %v\n%s", err, call.Twiml)
	}
	return post(t, script.Gather.Action, url.Values{"CallSid": {call.SID}, "Digits": {key}, "To": {call.To}, "From": {call.From}}, AuthToken)
}

// NoAnswer lets a call ring out, which Twilio reports.
func (s *Stub) NoAnswer(t testing.TB, call Sent) (status int) {
	t.Helper()
	status, _ = post(t, call.Callback, url.Values{"CallSid": {call.SID}, "CallStatus": {"no-answer"}, "To": {call.To}, "From": {call.From}}, AuthToken)
	return status
}

// Forge posts a form to a webhook with a signature made with another token.
func Forge(t testing.TB, webhook string, form url.Values) (status int, answer string) {
	t.Helper()
	return post(t, webhook, form, "not the account's token")
}

func post(t testing.TB, address string, form url.Values, token string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", sign(token, address, form))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// sign is Twilio's signature (https://www.twilio.com/docs/usage/security): the address, then each parameter's name and value
// in the order of the names, under HMAC-SHA1.
func sign(token, address string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(token))
	_, _ = io.WriteString(h, address)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		_, _ = io.WriteString(h, name+form.Get(name))
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
