package slacksim

import "time"

// What a workspace is made of, and what can be read from it.
type (
	// Options say what the workspace is. The zero value is a usable workspace with the default manifest, people and channels.
	Options = options
	// UserSpec describes one person.
	UserSpec = userSpec
	// ChannelSpec describes one channel.
	ChannelSpec = channelSpec
	// RateLimit says how strictly API calls are counted.
	RateLimit = rateLimit
	// PanelGroup is a titled row of buttons on the page.
	PanelGroup = panelGroup
	// PanelAction is one button of a panel.
	PanelAction = panelAction
	// Message is one message as the workspace keeps it.
	Message = message
	// Reaction is an emoji and who put it there.
	Reaction = reaction
	// Button is a button on a message or view.
	Button = button
	// Fault is something that goes wrong with the next calls.
	Fault = fault
	// FaultKind is what goes wrong with a call.
	FaultKind = faultKind
	// FakeClock stands still until Advance moves it.
	FakeClock = fakeClock
)

// How strictly API calls are counted (SF-5.8).
const (
	// RateDefault allows a burst of five posts per channel, then one a second.
	RateDefault = rateDefault
	// RateStrict allows one post per second and channel, without bursts.
	RateStrict = rateStrict
	// RateOff counts nothing.
	RateOff = rateOff
)

// What can go wrong with a call.
const (
	// FaultRateLimit answers 429; After is the Retry-After, default 1 s.
	FaultRateLimit = faultRateLimit
	// FaultServerError answers 500 without doing anything.
	FaultServerError = faultServerError
	// FaultAcceptThenTimeout does what was asked and then cuts the connection: the caller cannot know (SF-6.19).
	FaultAcceptThenTimeout = faultAcceptThenTimeout
	// FaultDelay answers After later than usual.
	FaultDelay = faultDelay
	// FaultError answers ok:false with Code.
	FaultError = faultError
)

// NewFakeClock returns a clock that shows start.
func NewFakeClock(start time.Time) *FakeClock { return newFakeClock(start) }

// ValidateManifest checks a YAML or JSON app manifest against Slack's schema
// and the rules beside it (SF-7.8). The error lists every problem.
func ValidateManifest(data []byte) error {
	_, err := parseManifest(data)
	return err
}
