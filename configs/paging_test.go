package configs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestOrderOfChannels(t *testing.T) {
	p := configs.Default().Paging
	require.Equal(t, []string{"slack"}, p.OrderOf(configs.Contact{}), "nothing else is configured")
	p.Email.Server = "smtp.company.com:587"
	p.Twilio.AccountSID = "AC0123456789abcdef0123456789abcdef"
	require.Equal(t, []string{"slack", "email", "sms", "voice"}, p.OrderOf(configs.Contact{}))
	require.Equal(t, []string{"voice", "slack"}, p.OrderOf(configs.Contact{Pages: []string{"voice", "webhook", "slack"}}))
	require.Equal(t, configs.Default().Paging.Order, p.Order, "unchanged")
}

func TestAChannelThatIsNotConfiguredCannotBePromised(t *testing.T) {
	contacts := write(t, "contacts.yaml", "contacts:\n  - {role: system, name: A, email: a@b.c, pages: [slack, sms], locale: zh-CN}\n")
	_, err := configs.Load(configs.Source{Environ: append(needed(), "OPSBOT_CONTACTS="+contacts)})
	require.ErrorContains(t, err, "contacts[0].pages[1] (OPSBOT_CONTACTS): sms is not configured")
	_, err = configs.Load(configs.Source{Environ: append(needed(), "OPSBOT_CONTACTS="+contacts,
		"OPSBOT_PAGING_TWILIO_ACCOUNT_SID=AC0123456789abcdef0123456789abcdef", "OPSBOT_PAGING_TWILIO_AUTH_TOKEN=fedcba", "OPSBOT_PAGING_TWILIO_FROM=+15005550006")})
	require.NoError(t, err)
}

func TestContactsWithOnlyATelephone(t *testing.T) {
	got, err := configs.ParseContacts("c.yaml", []byte("contacts: [{role: system, name: A, phone: '+86 138-0000-0001'}]"))
	require.NoError(t, err)
	require.Empty(t, got.Contacts[0].Email)
	_, err = configs.ParseContacts("c.yaml", []byte("contacts: [{role: system, name: A, phone: 138xxxx0001, pages: [slack, fax, slack], locale: fr}]"))
	for _, want := range []string{"cannot be reached", `unknown channel "fax"`, "slack appears twice", "contacts[0].locale"} {
		require.ErrorContains(t, err, want)
	}
}
