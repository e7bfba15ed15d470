package paging

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// Twilio is an account there. SMS and Voice page through it.
type Twilio struct {
	AccountSID, AuthToken string
	// From is the account's telephone number, in international form.
	From string
	// BaseURL is https://api.twilio.com, or a substitute in tests.
	BaseURL string
	HTTP    http.RoundTripper
}

// Genuine reports whether a request to url with this form was signed by the account.
func (t *Twilio) Genuine(url string, form url.Values, signature string) bool {
	params := make(map[string]string, len(form))
	for name := range form {
		params[name] = form.Get(name)
	}
	validator := client.NewRequestValidator(t.AuthToken)
	return signature != "" && validator.Validate(url, params, signature)
}

// Check makes sure that Twilio knows the account, and sends nothing.
func (t *Twilio) Check(ctx context.Context) error {
	service, err := t.api(ctx)
	if err != nil {
		return err
	}
	if _, err := service.FetchAccount(t.AccountSID); err != nil {
		return twilioFailure("look up the account", err)
	}
	return nil
}

// api is Twilio's own client for one request: it knows neither contexts nor other addresses than its own.
func (t *Twilio) api(ctx context.Context) (*api.ApiService, error) {
	base, err := url.Parse(t.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("address of Twilio's API: %w", err)
	}
	c := &client.Client{
		Credentials: client.NewCredentials(t.AccountSID, t.AuthToken),
		HTTPClient:  &http.Client{Transport: redirect{ctx, base, t.HTTP}, Timeout: sendLimit},
	}
	c.SetAccountSid(t.AccountSID)
	return api.NewApiService(client.NewRequestHandler(c)), nil
}

// redirect sends requests to base, under a context.
type redirect struct {
	ctx  context.Context // Twilio's client has no other way to take it
	base *url.URL
	next http.RoundTripper
}

func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(r.ctx)
	req.URL.Scheme, req.URL.Host, req.Host = r.base.Scheme, r.base.Host, r.base.Host
	return r.next.RoundTrip(req)
}

// twilioFailure is the Failure for an error of Twilio. What Twilio refuses it has not done; after a server error or no answer
// it may have.
func twilioFailure(action string, err error) *Failure {
	f := &Failure{Cause: fmt.Errorf("%s: %w", action, withoutURL(err))}
	if refused, ok := errors.AsType[*client.TwilioRestError](err); ok {
		f.Cause = fmt.Errorf("%s: Twilio answered %d, error %d: %s", action, refused.Status, refused.Code, refused.Message)
		f.Temporary, f.Unsure = mayRetry(refused.Status), refused.Status >= 500
		return f
	}
	f.Temporary, f.Unsure = true, !neverSent(err)
	return f
}

// sentAfter reports whether what Twilio dates (RFC 2822, in seconds) was made by the tries of a page that began at.
func sentAfter(date *string, at time.Time) bool {
	if date == nil {
		return false
	}
	created, err := time.Parse(time.RFC1123Z, *date)
	return err == nil && !created.Before(at.Truncate(time.Second))
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
