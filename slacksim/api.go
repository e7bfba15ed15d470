package slacksim

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// API is the Web API of a workspace.
type API struct {
	*core
	methods map[string]*method
	// socketURL makes the answer to apps.connections.open.
	socketURL func() string
	uploads   map[string]*upload
	scheduled []*scheduledMessage
}

// newAPI makes the Web API; socketURL makes the URLs for connections of Socket Mode.
func newAPI(w *core, socketURL func() string) *API {
	return &API{core: w, methods: methodTable(), socketURL: socketURL, uploads: map[string]*upload{}}
}

// answer is what goes back to the client of one API call.
type answer struct {
	status int
	body   obj
	header map[string]string
	cut    bool          // close the connection instead of answering
	late   time.Duration // answer that much later
}

func (w *API) serveAPI(rw http.ResponseWriter, r *http.Request) {
	start := w.opts.Clock.Now()
	name := r.PathValue("method")
	c, err := readCall(r)
	w.mu.Lock()
	w.beginCall()
	if r.Method == http.MethodPost && r.URL.Query().Has("token") {
		w.violate(violationTokenInQuery, "%s was called with the token in the query string", name) // SF-6.15
	}
	var a answer
	if err != nil {
		a = w.refusal(err)
	} else {
		a = w.answerCall(name, c)
	}
	w.mu.Unlock()

	if a.late > 0 {
		w.sleep(r, a.late)
	}
	w.logCall(name, c, a, start)
	writeAnswer(rw, a)
}

// answerCall applies faults, then permission, then limits, then the method.
func (w *API) answerCall(name string, c *call) answer {
	c.w = w
	c.method = w.methods[name]
	if c.method == nil {
		return w.refusal(refuse("unknown_method"))
	}
	w.checkRetryAfter(c)
	fault := w.faults.take(name, c.str("channel"))
	if fault != nil {
		w.pageFaults()
		if a, stop := w.applyFault(c, fault); stop {
			return a
		}
	}
	a := w.runMethod(c)
	a.cut = fault != nil && fault.Kind == faultAcceptThenTimeout
	if fault != nil && fault.Kind == faultDelay {
		a.late = fault.After
	}
	return a
}

func (w *API) applyFault(c *call, f *fault) (a answer, stop bool) {
	switch f.Kind {
	case faultRateLimit:
		after := max(f.After, time.Second)
		w.limits.block(c.limitKey(), w.opts.Clock.Now(), after)
		return w.refusal(&apiError{code: "ratelimited", retryAfter: after}), true
	case faultServerError:
		return answer{status: http.StatusInternalServerError, body: obj{"ok": false, "error": "internal_error"}}, true
	case faultError:
		return w.refusal(refuse(cmp.Or(f.Code, "internal_error"))), true
	default:
		return answer{}, false
	}
}

func (w *API) runMethod(c *call) answer {
	if err := w.authorise(c); err != nil {
		return w.withScopes(c, w.refusal(err))
	}
	if err := w.limitMethod(c); err != nil {
		return w.refusal(err)
	}
	body, err := c.method.run(w, c)
	if err != nil {
		return w.withScopes(c, w.refusal(err))
	}
	if body == nil {
		body = obj{}
	}
	body["ok"] = true
	c.addWarnings(body)
	return w.withScopes(c, answer{status: http.StatusOK, body: body})
}

// authorise checks token and scopes (SF-1.3, SF-6.3).
func (w *API) authorise(c *call) error {
	wanted, other := w.botToken, w.appToken
	if c.method.appLevel {
		wanted, other = other, wanted
	}
	if c.method.appLevel && !c.bearer {
		return refuse("missing_args") // SF-1.1
	}
	switch c.token {
	case "":
		return refuse("not_authed")
	case wanted:
	case other:
		return refuse("not_allowed_token_type")
	default:
		return refuse("invalid_auth")
	}
	if accepted := c.method.accepted(); len(accepted) > 0 && !c.method.appLevel && !w.manifest.hasAnyScope(accepted) {
		return missingScope(accepted)
	}
	return nil
}

func (w *API) refusal(err error) answer {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{code: "internal_error"}
	}
	a := answer{status: http.StatusOK, body: e.json(w.manifest.OAuthConfig.Scopes.Bot)}
	if e.retryAfter > 0 { // SF-5.2
		a.status = http.StatusTooManyRequests
		a.header = map[string]string{"Retry-After": strconv.Itoa(int(math.Ceil(e.retryAfter.Seconds())))}
	}
	return a
}

// withScopes adds the scope headers of SF-6.3.
func (w *API) withScopes(c *call, a answer) answer {
	if a.header == nil {
		a.header = map[string]string{}
	}
	if c.method.appLevel {
		a.header["X-OAuth-Scopes"] = "connections:write"
		a.header["X-Accepted-OAuth-Scopes"] = "connections:write"
		return a
	}
	a.header["X-OAuth-Scopes"] = strings.Join(w.manifest.OAuthConfig.Scopes.Bot, ",")
	if accepted := c.method.accepted(); len(accepted) > 0 {
		a.header["X-Accepted-OAuth-Scopes"] = strings.Join(accepted, ",")
	}
	return a
}

func (c *call) addWarnings(body obj) {
	if len(c.warns) == 0 {
		return
	}
	body["warning"] = strings.Join(c.warns, ",")
	meta, _ := body["response_metadata"].(obj)
	if meta == nil {
		meta = obj{}
	}
	meta["warnings"] = c.warns
	body["response_metadata"] = meta
}

func (w *API) logCall(name string, c *call, a answer, start time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	entry := Call{Method: name, Status: a.status, Start: start}
	entry.Error, _ = a.body["error"].(string)
	if c != nil {
		entry.Args, entry.TS = maps.Clone(c.args), c.ts
	}
	if a.cut {
		entry.Status = 0
	}
	w.endCall(entry)
}

func writeAnswer(rw http.ResponseWriter, a answer) {
	if a.cut {
		abort(rw)
		return
	}
	for key, value := range a.header {
		rw.Header().Set(key, value)
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(a.status)
	// The client may have gone; there is nobody left to tell.
	_ = json.NewEncoder(rw).Encode(a.body)
}
