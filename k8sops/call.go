package k8sops

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// FieldManager names the person in the object's managed fields, which is how /status knows who changed what. The API
// server takes at most 128 characters.
func (c *Call) FieldManager() string {
	name := []rune(ManagerPrefix + c.Identity.User)
	return string(name[:min(len(name), 128)])
}

// ManagerPrefix begins the field manager of every change made through opsbot.
const ManagerPrefix = "opsbot/"

// ChangeCause is what rollout history shows for the revision that the call makes.
func (c *Call) ChangeCause() string {
	return fmt.Sprintf("%s by %s via opsbot at %s", Canonical(c.Operation, c.Args), c.Identity.User, c.Now.UTC().Format("2006-01-02T15:04:05Z"))
}

// Call is one request to run an operation, by one person, on one cluster.
type Call struct {
	ID        string
	Operation *Operation
	Args      Args
	// Secrets are the arguments that stand in Args as Typed only; none after a restart.
	Secrets Secrets
	// Cluster and Namespace say where. There may be several clusters: nothing may assume otherwise.
	Cluster   string
	Namespace string
	Identity  Identity
	// Client acts as Identity, never as the bot.
	Client *Client
	// Source tells the audit log where the call came from.
	Source Source
	// Requested is when it was asked for, Now the time of this look at it; Started is when its run began, zero before.
	Requested time.Time
	Now       time.Time
	Started   time.Time
}

// AskedAt is when the person asked for the call; where that is not known, now.
func (c *Call) AskedAt() time.Time {
	if c.Requested.IsZero() {
		return c.Now
	}
	return c.Requested
}

// Source is where in Slack a call came from.
type Source struct {
	User     string // Slack user id
	Channel  string // Slack channel id
	ThreadTS string
	Incident string
}

// IsDirect reports whether the call was made in the person's direct messages with opsbot, which nobody else reads.
func (s Source) IsDirect() bool { return s.Channel == s.User || strings.HasPrefix(s.Channel, "D") }

// ErrHandOver is why the context of a run ends when another opsbot, or this one after its next start, goes on with it.
var ErrHandOver = errors.New("the run goes on elsewhere")

// GivenUp reports that a run's context has ended for good: a person stopped it, or its time is up. What it began outside opsbot is to
// be ended then; where the run goes on elsewhere, it is to be left as it is.
func GivenUp(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrHandOver)
}
