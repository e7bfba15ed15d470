package slacksim

import (
	"time"

	"opsbot/slacksim/blockkit"
	"opsbot/slacksim/clock"
	"opsbot/slacksim/manifest"
	"opsbot/slacksim/workspace"
)

// What a workspace is made of, and what can be read from it.
type (
	// Options say what the workspace is. The zero value is a usable workspace with the default manifest, people and channels.
	Options = workspace.Options
	// UserSpec describes one person.
	UserSpec = workspace.UserSpec
	// ChannelSpec describes one channel.
	ChannelSpec = workspace.ChannelSpec
	// RateLimit says how strictly API calls are counted.
	RateLimit = workspace.RateLimit
	// PanelGroup is a titled row of buttons on the page.
	PanelGroup = workspace.PanelGroup
	// PanelAction is one button of a panel.
	PanelAction = workspace.PanelAction
	// Message is one message as the workspace keeps it.
	Message = workspace.Message
	// Reaction is an emoji and who put it there.
	Reaction = workspace.Reaction
	// Button is a button on a message or view.
	Button = blockkit.Button
	// File is an uploaded file.
	File = workspace.File
	// Call is one Web API call or response_url post, as the server saw it.
	Call = workspace.Call
	// Violation is something that the app did and Slack would not like.
	Violation = workspace.Violation
	// Fault is something that goes wrong with the next calls.
	Fault = workspace.Fault
	// FaultKind is what goes wrong with a call.
	FaultKind = workspace.FaultKind
	// Clock is where a workspace gets its time from.
	Clock = clock.Clock
	// FakeClock stands still until Advance moves it.
	FakeClock = clock.Fake
)

// How strictly API calls are counted (SF-5.8).
const (
	// RateDefault allows a burst of five posts per channel, then one a second.
	RateDefault = workspace.RateDefault
	// RateStrict allows one post per second and channel, without bursts.
	RateStrict = workspace.RateStrict
	// RateOff counts nothing.
	RateOff = workspace.RateOff
)

// What can go wrong with a call.
const (
	// FaultRateLimit answers 429; After is the Retry-After, default 1 s.
	FaultRateLimit = workspace.FaultRateLimit
	// FaultServerError answers 500 without doing anything.
	FaultServerError = workspace.FaultServerError
	// FaultAcceptThenTimeout does what was asked and then cuts the connection: the caller cannot know (SF-6.19).
	FaultAcceptThenTimeout = workspace.FaultAcceptThenTimeout
	// FaultDelay answers After later than usual.
	FaultDelay = workspace.FaultDelay
	// FaultError answers ok:false with Code.
	FaultError = workspace.FaultError
)

// NewFakeClock returns a clock that shows start.
func NewFakeClock(start time.Time) *FakeClock { return clock.NewFake(start) }

// ValidateManifest checks a YAML or JSON app manifest against Slack's schema
// and the rules beside it (SF-7.8). The error lists every problem.
func ValidateManifest(data []byte) error {
	_, err := manifest.Parse(data)
	return err
}
