package oncall

import (
	"regexp"
	"strings"
)

// Contact is one row of the contact table (configs/contacts.yaml): the handbook's columns plus the Slack user.
type Contact struct {
	ID    string `json:"id"`
	Role  Role   `json:"role"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
	Duty  string `json:"duty"`
	// Slack is the Slack user id; where the table has none it is found by e-mail at start.
	Slack string `json:"slack,omitempty"`
	// Pages are the channels in the order in which they are tried; Slack alone where it is empty.
	Pages []Via `json:"pages,omitempty"`
	// Locale is the language of what the contact gets outside Slack; "" is the configured default.
	Locale string `json:"locale,omitempty"`
}

// Address is where the contact is paged over a channel; "" if that is not possible. For a webhook it is the contact's id.
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

// isSamePerson reports whether two rows are one person in two roles.
func (c Contact) isSamePerson(other Contact) bool {
	return c.ID == other.ID && c.Slack == other.Slack && c.Email == other.Email && c.Role != other.Role
}

// internationalNumber is a telephone number in international form (E.164).
var internationalNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// CallableNumber is a telephone number in international form: +8613800000001. ok is false for any other, such as the
// handbook's placeholder 138xxxx0001.
func CallableNumber(phone string) (number string, ok bool) {
	number = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(phone)
	if !internationalNumber.MatchString(number) {
		return "", false
	}
	return number, true
}
