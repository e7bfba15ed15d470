package oncall

import (
	"opsbot/messages"
)

// Via is a channel over which a person is paged.
type Via string

// The channels.
const (
	ViaSlack   Via = "slack"
	ViaEmail   Via = "email"
	ViaSMS     Via = "sms"
	ViaVoice   Via = "voice"
	ViaWebhook Via = "webhook"
)

// Vias lists the channels.
func Vias() []Via { return []Via{ViaSlack, ViaEmail, ViaSMS, ViaVoice, ViaWebhook} }

// Text is the channel in words.
func (v Via) Text() messages.Text {
	switch v {
	case ViaEmail:
		return messages.New("escalation.via.email")
	case ViaSMS:
		return messages.New("escalation.via.sms")
	case ViaVoice:
		return messages.New("escalation.via.voice")
	case ViaWebhook:
		return messages.New("escalation.via.webhook")
	default:
		return messages.New("escalation.via.slack")
	}
}
