package slacksim

import "net/http"

// route serves the API, and what it hands out the URLs of.
func (w *API) route(mux *http.ServeMux) {
	mux.Handle("/api/{method}", w.faulty(w.serveAPI))
	mux.Handle("POST /upload/{file}", w.faulty(w.serveUpload))
	mux.Handle("GET /files/{file}/{name}", http.HandlerFunc(w.serveFile))
	mux.Handle("POST /hooks/{id}", w.faulty(w.serveResponseURL))
}

// faulty refuses connections while the workspace is offline and applies the
// delay fault; the page's own calls stay unaffected.
func (w *API) faulty(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		offline, delay := w.faults.offline, w.faults.delay
		w.mu.Unlock()
		if offline {
			abort(rw)
			return
		}
		if delay > 0 && !w.sleep(r, delay) {
			return
		}
		next(rw, r)
	})
}

// abort cuts the connection without an answer.
func abort(rw http.ResponseWriter) {
	if h, ok := rw.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
