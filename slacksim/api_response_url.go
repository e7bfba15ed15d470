package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
)

// serveResponseURL answers in plain text, as Slack does (SF-2.10, SF-2.11).
func (w *API) serveResponseURL(rw http.ResponseWriter, r *http.Request) {
	start := w.opts.Clock.Now()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	w.mu.Lock()
	w.beginCall()
	fault := w.faults.take("response_url", "")
	c := &call{w: w, method: &method{name: "response_url"}, args: map[string]string{"body": string(body)}}
	a, stop := answer{}, false
	if fault != nil {
		a, stop = w.applyFault(c, fault)
	}
	if !stop {
		a = w.hookAnswer(c, r.PathValue("id"), body)
		a.cut = fault != nil && fault.Kind == faultAcceptThenTimeout
	}
	w.mu.Unlock()
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
	h := w.hooks.byID[id]
	switch {
	case h == nil:
		return plainRefusal(http.StatusNotFound, "no_service")
	case w.opts.Clock.Now().After(h.expires):
		return plainRefusal(http.StatusNotFound, "expired_url")
	case h.uses >= hookUses:
		return plainRefusal(http.StatusNotFound, "used_url")
	}
	var r reply
	if json.Unmarshal(body, &r) != nil {
		return plainRefusal(http.StatusBadRequest, "invalid_payload")
	}
	if err := w.respond(h, &r); err != nil {
		return hookRefusal(err)
	}
	h.uses++
	if h.source != nil {
		c.ts = h.source.TS
	}
	return answer{status: http.StatusOK, body: obj{}}
}

func plainRefusal(status int, code string) answer {
	return answer{status: status, body: obj{"error": code}}
}

func hookRefusal(err error) answer {
	var e *apiError
	switch {
	case !errors.As(err, &e):
		return plainRefusal(http.StatusInternalServerError, "server_error")
	case e.retryAfter > 0:
		a := plainRefusal(http.StatusTooManyRequests, "rate_limited")
		a.header = map[string]string{"Retry-After": fmt.Sprint(int(math.Ceil(e.retryAfter.Seconds())))}
		return a
	case e.code == "is_archived":
		return plainRefusal(http.StatusGone, "channel_is_archived")
	default:
		return plainRefusal(http.StatusBadRequest, e.code)
	}
}
