package events

import (
	"encoding/json"
	"fmt"
	"time"

	"opsbot/bot"
)

// Envelope types (SF-1.20).
const (
	envelopeEvents      = "events_api"
	envelopeCommand     = "slash_commands"
	envelopeInteractive = "interactive"
)

// decoder has its own payload types instead of slack-go's: slack-go refuses a whole block action if it does not know some block of
// the message (SF-9.2), and a click must not be lost because of that.
type decoder struct {
	self bot.Self
	now  func() time.Time
}

// decode reads the payload of an envelope. An empty inbound without an error can be ignored.
func (d decoder) decode(envelope string, payload json.RawMessage) (inbound, error) {
	switch envelope {
	case envelopeCommand:
		return d.command(payload)
	case envelopeInteractive:
		return d.interaction(payload)
	case envelopeEvents:
		return d.event(payload)
	}
	return inbound{}, fmt.Errorf("unknown envelope type %q", envelope)
}
