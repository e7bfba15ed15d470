package webapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"

	"opsbot/slacksim/workspace"
)

// serveResponseURL answers in plain text, as Slack does (SF-2.10, SF-2.11).
func (w *API) serveResponseURL(rw http.ResponseWriter, r *http.Request) {
	start := w.Options.Clock.Now()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	w.Mu.Lock()
	w.BeginCall()
	fault := w.Faults.Take("response_url", "")
	c := &call{w: w, method: &method{name: "response_url"}, args: map[string]string{"body": string(body)}}
	a, stop := answer{}, false
	if fault != nil {
		a, stop = w.applyFault(c, fault)
	}
	if !stop {
		a = w.hookAnswer(c, r.PathValue("id"), body)
		a.cut = fault != nil && fault.Kind == workspace.FaultAcceptThenTimeout
	}
	w.Mu.Unlock()
	w.logCall("response_url", c, a, start)
	if a.cut {
		abort(rw)
		return
	}
	for key, value := range a.header {
		rw.Header().Set(key, value)
	}
	rw.Header().Set("Content-Type", "text/html")
	rw.WriteHeader(a.status)
	text := "ok"
	if code, failed := a.body["error"].(string); failed {
		text = code
	}
	_, _ = io.WriteString(rw, text) // the app may have gone
}

func (w *API) hookAnswer(c *call, id string, body []byte) answer {
	h := w.Hooks.ByID[id]
	switch {
	case h == nil:
		return plainRefusal(http.StatusNotFound, "no_service")
	case w.Options.Clock.Now().After(h.Expires):
		return plainRefusal(http.StatusNotFound, "expired_url")
	case h.Uses >= workspace.MaxResponses:
		return plainRefusal(http.StatusNotFound, "used_url")
	}
	var r workspace.Reply
	if json.Unmarshal(body, &r) != nil {
		return plainRefusal(http.StatusBadRequest, "invalid_payload")
	}
	if err := w.Respond(h, &r); err != nil {
		return hookRefusal(err)
	}
	h.Uses++
	if h.Source != nil {
		c.ts = h.Source.TS
	}
	return answer{status: http.StatusOK, body: obj{}}
}

func plainRefusal(status int, code string) answer {
	return answer{status: status, body: obj{"error": code}}
}

func hookRefusal(err error) answer {
	var e *workspace.APIError
	switch {
	case !errors.As(err, &e):
		return plainRefusal(http.StatusInternalServerError, "server_error")
	case e.RetryAfter > 0:
		a := plainRefusal(http.StatusTooManyRequests, "rate_limited")
		a.header = map[string]string{"Retry-After": fmt.Sprint(int(math.Ceil(e.RetryAfter.Seconds())))}
		return a
	case e.Code == "is_archived":
		return plainRefusal(http.StatusGone, "channel_is_archived")
	default:
		return plainRefusal(http.StatusBadRequest, e.Code)
	}
}
