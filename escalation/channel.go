package escalation

import (
	"regexp"
	"strings"

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

// Address is where the contact is paged over a channel; "" where there is no way. A webhook is told the contact's id.
func (c Contact) Address(via Via) string {
	switch via {
	case ViaSlack:
		return c.Slack
	case ViaEmail:
		return c.Email
	case ViaSMS, ViaVoice:
		number, _ := CallableNumber(c.Phone)
		return number
	case ViaWebhook:
		return c.ID
	default:
		return ""
	}
}

// Channels are the ways to page the contact, in the order in which they are tried.
func (c Contact) Channels() []Via {
	order := c.Pages
	if len(order) == 0 {
		order = []Via{ViaSlack}
	}
	var usable []Via
	for _, via := range order {
		if c.Address(via) != "" {
			usable = append(usable, via)
		}
	}
	return usable
}

// Reachable reports whether there is a way to page the contact.
func (c Contact) Reachable() bool { return len(c.Channels()) > 0 }

// internationalNumber is a telephone number as providers want it (E.164).
var internationalNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// CallableNumber is a telephone number as providers want it: +8613800000001. ok is false for one that cannot be called
// from everywhere, such as the handbook's placeholder 138xxxx0001.
func CallableNumber(phone string) (number string, ok bool) {
	number = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(phone)
	if !internationalNumber.MatchString(number) {
		return "", false
	}
	return number, true
}
