package workspace

import (
	"context"
	"time"

	"opsbot/slacksim/clock"
)

// Options say what the workspace is. The zero value is a usable workspace with
// the default manifest, people and channels.
type Options struct {
	// Addr is where to listen; default 127.0.0.1:0.
	Addr string
	// InMemory listens on pipes instead of a TCP port; clients then dial
	// through Workspace.HTTPClient and Workspace.Dialer.
	InMemory bool
	// Manifest is the app's Slack manifest, YAML or JSON. Scopes, commands,
	// events, shortcuts and the Home tab come from it (SF-7.10).
	Manifest []byte
	// Team is the workspace's name; default "Example Company".
	Team string
	// Users and Channels replace the default ones.
	Users    []UserSpec
	Channels []ChannelSpec
	// Clock defaults to the real time.
	Clock clock.Clock
	// Seed picks the sockets that payloads go to (SF-1.50); 0 is a fixed seed.
	Seed uint64
	// RateLimit is how strictly calls are counted; default RateDefault.
	RateLimit RateLimit
	// AcksBoundToSocket refuses an ack that arrives on another socket than
	// its envelope was sent on. Slack's behaviour is undocumented (SF-1.54).
	AcksBoundToSocket bool
	// ConnectionLifetime is how long a socket lives before Slack refreshes
	// it; default 18060 s (SF-1.11).
	ConnectionLifetime time.Duration
	// MaxSockets is the number of connections the app may hold; default 10.
	MaxSockets int
	// CallLog is how many API calls Calls remembers; default 4096.
	CallLog int
	// FreePlan refuses user groups with plan_upgrade_required (SF-8.9).
	FreePlan bool
	// Panel are the buttons that the page shows beside the workspace.
	Panel []PanelGroup
}

// RateLimit says how strictly API calls are counted (SF-5.8).
type RateLimit int

const (
	// RateDefault allows a burst of five posts per channel, then one a second.
	RateDefault RateLimit = iota
	// RateStrict allows one post per second and channel, without bursts.
	RateStrict
	// RateOff counts nothing.
	RateOff
)

// UserSpec describes one person. Key is a short handle for tests and demos,
// such as the person's role; it never leaves the simulator.
type UserSpec struct {
	Key      string
	Name     string
	RealName string
	Title    string
	Email    string
	Locale   string
	Admin    bool
}

// ChannelSpec describes one channel. Members are user keys, names or e-mails;
// nil means everybody.
type ChannelSpec struct {
	Name    string
	Private bool
	Topic   string
	Members []string
	// WithoutBot leaves the app's bot out of the channel.
	WithoutBot bool
}

// PanelGroup is a titled row of buttons on the page.
type PanelGroup struct {
	Title   string
	Actions []PanelAction
}

// PanelAction is one button: Run does it and returns what to tell the person.
type PanelAction struct {
	ID          string
	Title       string
	Description string
	Style       string // "", "danger" or "primary"
	Run         func(ctx context.Context) (message string, err error)
}
