package figures

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"opsbot/internal/lab"
	"opsbot/slacksim"
)

// contender is one program that takes in alerts and talks to a Slack workspace of its own.
type contender struct {
	lab.Teardown
	process *lab.Process
	slack   *slacksim.Workspace
	url     string
	data    string // folder of its database, "" if it has none
	// path takes the alerts, with the bearer token, in the form that encode makes.
	path, token string
	encode      func(alert) any
	client      *http.Client
}

// callLog is above the number of calls that any round makes.
const callLog = 1 << 16

func startSlack(s *Suite, limit slacksim.RateLimit) (*slacksim.Workspace, error) {
	return s.StartSlack(slacksim.Options{RateLimit: limit, CallLog: callLog})
}

// database is the URL of what opsbot writes.
func (c *contender) database() string { return "sqlite://" + filepath.Join(c.data, "opsbot.db") }

func newClient() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64}}
}

// post hands over one alert and returns once that is acknowledged.
func (c *contender) post(ctx context.Context, a alert) error {
	return lab.Post(ctx, c.client, c.url+c.path, c.token, c.encode(a))
}
