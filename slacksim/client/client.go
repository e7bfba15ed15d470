// Package client does what a person's Slack client does: it posts, types commands, presses buttons, submits modals, runs
// shortcuts, and shows what the app answered.
package client

import (
	"encoding/json"
	"errors"
	"fmt"

	"opsbot/slacksim/workspace"
)

// Client does what the Slack clients of people do. All methods but those of pending want the workspace's lock held.
type Client struct{ *workspace.Workspace }

// New makes the clients of a workspace.
func New(w *workspace.Workspace) *Client { return &Client{w} }

// errNotInteractive is what a press does in an app without interactivity.
var errNotInteractive = errors.New("this app is not configured to handle interactive responses")

// outcome is what came of a payload that needs an ack.
type outcome struct {
	ack json.RawMessage
	err error
}

// Pending is a payload on its way; the page and the actors wait for it outside
// the workspace's lock.
type Pending chan outcome

// Wait returns what the app acked with, or what the person is told of instead.
func (p Pending) Wait() (json.RawMessage, error) {
	o := <-p
	return o.ack, o.err
}

// ask delivers a payload to the app. then, if given, runs with Workspace.Mu held before
// the person hears of the outcome.
func (w *Client) ask(kind, what string, payload obj, then func(ack json.RawMessage, err error) error) Pending {
	p := make(Pending, 1)
	w.Delivery.Deliver(&workspace.Envelope{Kind: kind, What: what, Payload: payload, Done: func(ack json.RawMessage, err error) {
		if then != nil {
			err = then(ack, err)
		}
		p <- outcome{ack: ack, err: err}
	}})
	return p
}

// interaction is what all interactive payloads have in common (SF-3.3).
func (w *Client) interaction(kind string, u *workspace.Person) obj {
	return obj{
		"type": kind, "token": "deprecated", "api_app_id": w.App.ID, "team": obj{"id": w.Team.ID, "domain": w.Team.Domain},
		"user":       obj{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": w.Team.ID},
		"enterprise": nil, "is_enterprise_install": false,
	}
}

func (w *Client) channelRef(c *workspace.Channel) obj {
	name := c.Name
	if c.IsIM() {
		name = "directmessage"
	}
	return obj{"id": c.ID, "name": name}
}

// tell shows a person an ephemeral message from Slackbot.
func (w *Client) tell(u *workspace.Person, c *workspace.Channel, format string, args ...any) {
	w.Post(c, &workspace.Message{User: workspace.Slackbot, Plain: fmt.Sprintf(format, args...), Ephemeral: u.ID})
}

// noPayload is the outcome of payloads whose ack should be bare.
func (w *Client) noPayload(what string) func(json.RawMessage, error) error {
	return func(ack json.RawMessage, err error) error {
		if err == nil && len(ack) > 0 && string(ack) != "{}" {
			w.Violate(workspace.ViolationAckPayload, "the ack for %s has a payload, which Slack ignores", what)
		}
		return err
	}
}

// obj is a JSON object on its way out.
type obj = map[string]any
