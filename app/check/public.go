package check

import (
	"context"
	"net/http"
	"strings"

	"opsbot/configs"
	"opsbot/messages"
)

// public looks from outside at what paging.public_url shows: nothing internal may be there.
func (k *checker) public(ctx context.Context, c configs.Config) {
	if len(c.OnCall.FeedTokens) > 0 {
		k.advice(messages.New("check.feed_tokens"))
	}
	if c.Paging.PublicURL.Empty() {
		return
	}
	if c.HTTP.PublicListen == "" {
		k.advice(messages.New("check.one_listener"))
	}
	url := c.Paging.PublicURL.Reveal()
	for _, internal := range internalAddresses() {
		isShown, err := shows(ctx, url, internal)
		switch {
		case err != nil:
			k.advice(messages.New("check.public_untried", "cause", err))
			return
		case isShown:
			k.advice(messages.New("check.public_shows", "address", url+internal.path))
			return
		}
	}
	k.good(messages.New("check.public", "url", url))
}

// internalAddress is one that is not for the outside, and how opsbot answers there.
type internalAddress struct {
	path string
	is   func(status int, header http.Header) bool
}

func internalAddresses() []internalAddress {
	return []internalAddress{
		{"/readyz", func(status int, h http.Header) bool {
			return (status == http.StatusOK || status == http.StatusServiceUnavailable) && h.Get("Content-Type") == "application/json"
		}},
		{"/metrics", func(status int, h http.Header) bool {
			kind := h.Get("Content-Type")
			return status == http.StatusOK && (strings.HasPrefix(kind, "text/plain") || strings.HasPrefix(kind, "application/openmetrics"))
		}},
		{"/webhooks/alertmanager", func(status int, h http.Header) bool {
			return status == http.StatusMethodNotAllowed && h.Get("Allow") == http.MethodPost
		}},
	}
}

func shows(ctx context.Context, url string, internal internalAddress) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, pagingCheckLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+internal.path, nil)
	if err != nil {
		return false, err
	}
	// A redirection leads to something else, such as a page to log in at.
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	return internal.is(resp.StatusCode, resp.Header), nil
}
