package paging

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// mayRetry reports whether the same request may succeed later.
func mayRetry(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	default:
		return status >= 500
	}
}

// retryAfter is the pause that a server asks for in seconds; 0 where it does not.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// neverSent reports whether no connection was made.
func neverSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, isUnknownHost := errors.AsType[*net.DNSError](err)
	return isUnknownHost
}

// withoutURL removes the URL from an error: it may contain a password, and errors are shown in Slack.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
