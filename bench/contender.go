package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
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

func startSlack(s *suite, limit slacksim.RateLimit) (*slacksim.Workspace, error) {
	users := slacksim.DefaultUsers()
	for i := range users {
		users[i].Locale = "en-US" // one wording to wait for
	}
	return slacksim.Start(slacksim.Options{Manifest: s.manifest, Users: users, RateLimit: limit, CallLog: callLog})
}

// database is the URL of what opsbot writes.
func (c *contender) database() string { return "sqlite://" + filepath.Join(c.data, "opsbot.db") }

func newClient() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64}}
}

// post hands over one alert and returns once that is acknowledged.
func (c *contender) post(ctx context.Context, a alert) error {
	body, err := json.Marshal(c.encode(a))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+c.path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body) // to its end, so that the connection is used again
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", c.path, resp.Status, answer)
	}
	return err
}
