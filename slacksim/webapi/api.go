// Package webapi is Slack's Web API over a simulated workspace: arguments, tokens, scopes, limits, and a file for each family
// of methods. It also takes uploads and posts to a response_url.
package webapi

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

	"opsbot/slacksim/workspace"
)

// API is the Web API of a workspace.
type API struct {
	*workspace.Workspace
	methods map[string]*method
	// socketURL makes the answer to apps.connections.open.
	socketURL func() string
	uploads   map[string]*upload
	scheduled []*scheduledMessage
}

// New makes the Web API; socketURL makes the URLs for connections of Socket Mode.
func New(w *workspace.Workspace, socketURL func() string) *API {
	return &API{Workspace: w, methods: methodTable(), socketURL: socketURL, uploads: map[string]*upload{}}
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
	start := w.Options.Clock.Now()
	name := r.PathValue("method")
	c, err := readCall(r)
	w.Mu.Lock()
	w.BeginCall()
	if r.Method == http.MethodPost && r.URL.Query().Has("token") {
		w.Violate(workspace.ViolationTokenInQuery, "%s was called with the token in the query string", name) // SF-6.15
	}
	var a answer
	if err != nil {
		a = w.refusal(err)
	} else {
		a = w.answerCall(name, c)
	}
	w.Mu.Unlock()

	if a.late > 0 {
		w.Sleep(r, a.late)
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
	fault := w.Faults.Take(name, c.str("channel"))
	if fault != nil {
		w.PageFaults()
		if a, stop := w.applyFault(c, fault); stop {
			return a
		}
	}
	a := w.runMethod(c)
	a.cut = fault != nil && fault.Kind == workspace.FaultAcceptThenTimeout
	if fault != nil && fault.Kind == workspace.FaultDelay {
		a.late = fault.After
	}
	return a
}

func (w *API) applyFault(c *call, f *workspace.Fault) (a answer, stop bool) {
	switch f.Kind {
	case workspace.FaultRateLimit:
		after := max(f.After, time.Second)
		w.Limits.Block(c.limitKey(), w.Options.Clock.Now(), after)
		return w.refusal(&workspace.APIError{Code: "ratelimited", RetryAfter: after}), true
	case workspace.FaultServerError:
		return answer{status: http.StatusInternalServerError, body: obj{"ok": false, "error": "internal_error"}}, true
	case workspace.FaultError:
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
	wanted, other := w.BotToken(), w.AppToken()
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
	if accepted := c.method.accepted(); len(accepted) > 0 && !c.method.appLevel && !w.Manifest.HasAnyScope(accepted) {
		return missingScope(accepted)
	}
	return nil
}

func (w *API) refusal(err error) answer {
	var e *workspace.APIError
	if !errors.As(err, &e) {
		e = &workspace.APIError{Code: "internal_error"}
	}
	a := answer{status: http.StatusOK, body: e.JSON(w.Manifest.OAuthConfig.Scopes.Bot)}
	if e.RetryAfter > 0 { // SF-5.2
		a.status = http.StatusTooManyRequests
		a.header = map[string]string{"Retry-After": strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds())))}
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
	a.header["X-OAuth-Scopes"] = strings.Join(w.Manifest.OAuthConfig.Scopes.Bot, ",")
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
	w.Mu.Lock()
	defer w.Mu.Unlock()
	entry := workspace.Call{Method: name, Status: a.status, Start: start}
	entry.Error, _ = a.body["error"].(string)
	if c != nil {
		entry.Args, entry.TS = maps.Clone(c.args), c.ts
	}
	if a.cut {
		entry.Status = 0
	}
	w.EndCall(entry)
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

// obj is a JSON object on its way out.
type obj = map[string]any
