package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Client does what the Slack clients of people do. All methods but those of pending want the workspace's lock held.
type Client struct{ *core }

// newClient makes the clients of a workspace.
func newClient(w *core) *Client { return &Client{w} }

// errNotInteractive is what a press does in an app without interactivity.
var errNotInteractive = errors.New("this app is not configured to handle interactive responses")

// outcome is what came of a payload that needs an ack.
type outcome struct {
	ack json.RawMessage
	err error
}

// pending is a payload on its way; the page and the actors wait for it outside
// the workspace's lock.
type pending chan outcome

func (p pending) wait() (json.RawMessage, error) {
	o := <-p
	return o.ack, o.err
}

// ask delivers a payload to the app. then, if given, runs with mu held before
// the person hears of the outcome.
func (w *Client) ask(kind, what string, payload obj, then func(ack json.RawMessage, err error) error) pending {
	p := make(pending, 1)
	w.delivery.Deliver(&envelope{kind: kind, what: what, payload: payload, done: func(ack json.RawMessage, err error) {
		if then != nil {
			err = then(ack, err)
		}
		p <- outcome{ack: ack, err: err}
	}})
	return p
}

// interaction is what all interactive payloads have in common (SF-3.3).
func (w *Client) interaction(kind string, u *person) obj {
	return obj{
		"type": kind, "token": "deprecated", "api_app_id": w.app.id, "team": obj{"id": w.team.id, "domain": w.team.domain},
		"user":       obj{"id": u.id, "username": u.name, "name": u.name, "team_id": w.team.id},
		"enterprise": nil, "is_enterprise_install": false,
	}
}

func (w *Client) channelRef(c *channel) obj {
	name := c.name
	if c.isIM() {
		name = "directmessage"
	}
	return obj{"id": c.id, "name": name}
}

// tell shows a person an ephemeral message from Slackbot.
func (w *Client) tell(u *person, c *channel, format string, args ...any) {
	w.post(c, &message{User: slackbot, Plain: fmt.Sprintf(format, args...), Ephemeral: u.id})
}

// noPayload is the outcome of payloads whose ack should be bare.
func (w *Client) noPayload(what string) func(json.RawMessage, error) error {
	return func(ack json.RawMessage, err error) error {
		if err == nil && len(ack) > 0 && string(ack) != "{}" {
			w.violate(violationAckPayload, "the ack for %s has a payload, which Slack ignores", what)
		}
		return err
	}
}
