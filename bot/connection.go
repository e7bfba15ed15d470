package bot

import (
	"net"
	"net/http"
	"time"

	"github.com/slack-go/slack"
)

// CallTimeout ends one request to Slack. A post that runs into it has an unknown outcome and is looked for (SF-6.19).
const CallTimeout = 10 * time.Second

// Connection is how to reach one Slack workspace.
type Connection struct {
	// BotToken (xoxb-) calls the Web API, AppToken (xapp-) opens sockets only (SF-1.3).
	BotToken string
	AppToken string
	// APIURL ends with "/", because method names are appended to it (SF-6.17).
	APIURL string
	// HTTP is shared by all clients, so that requests find a warm connection.
	HTTP *http.Client
}

// NewHTTPClient makes the HTTP client for a Connection: bounded in time, and with enough idle connections that
// parallel deliveries do not pay for handshakes.
func NewHTTPClient() *http.Client {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: CallTimeout,
		MaxIdleConns:          32,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
	}
	return &http.Client{Transport: transport, Timeout: CallTimeout}
}

// Client is a Web API client. Retries stay off (SF-5.3): whether a request may be repeated is decided by delivery,
// which knows what it was.
func (c Connection) Client() *slack.Client { return c.ClientOver(c.HTTP) }

// Doer sends HTTP requests, as *http.Client does.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// ClientOver is a Web API client that sends its requests through http.
func (c Connection) ClientOver(http Doer) *slack.Client {
	return slack.New(c.BotToken,
		slack.OptionAPIURL(c.APIURL),
		slack.OptionAppLevelToken(c.AppToken),
		slack.OptionHTTPClient(userReader{http}))
}
