package webapi

import "net/http"

// Route serves the API, and what it hands out the URLs of.
func (w *API) Route(mux *http.ServeMux) {
	mux.Handle("/api/{method}", w.WithFaults(w.serveAPI))
	mux.Handle("POST /upload/{file}", w.WithFaults(w.serveUpload))
	mux.Handle("GET /files/{file}/{name}", http.HandlerFunc(w.serveFile))
	mux.Handle("POST /hooks/{id}", w.WithFaults(w.serveResponseURL))
}

// WithFaults refuses connections while the workspace is offline and applies the
// delay fault; the page's own calls stay unaffected.
func (w *API) WithFaults(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.Mu.Lock()
		offline, delay := w.Faults.Offline, w.Faults.Delay
		w.Mu.Unlock()
		if offline {
			abort(rw)
			return
		}
		if delay > 0 && !w.Sleep(r, delay) {
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
