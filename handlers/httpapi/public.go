package httpapi

import (
	"net/http"
	"net/netip"
	"time"
)

// maxPublicBytes bounds the body of a request from outside; Twilio's callbacks are about 1 KB, and a press of a button has none.
const maxPublicBytes = 64 << 10

// Public are the addresses that are reached from outside: acknowledge links, Twilio's callbacks, and the calendars of who is on
// call. Every one of them asks for a key: a signed token, Twilio's signature, or a person's token.
func Public(answers, onCall http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/ack/", answers)
	mux.Handle("/paging/twilio/", answers)
	mux.Handle("GET /oncall/{calendar}", onCall)
	return mux
}

// NewPublicServer serves what strangers reach, and trusts them less than NewServer: small headers and bodies, little time, and few
// requests a second from each source.
func NewPublicServer(public http.Handler, proxies []netip.Prefix, now func() time.Time) *http.Server {
	limits := newSourceLimits(now)
	return &http.Server{
		Handler: fromSource(proxies, limits.limit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > maxPublicBytes {
				http.Error(w, "too large", http.StatusRequestEntityTooLarge)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, maxPublicBytes)
			public.ServeHTTP(w, r)
		}))),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: 30 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
}
