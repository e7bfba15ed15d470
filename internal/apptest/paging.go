package apptest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/freeport"
	"opsbot/internal/twiliostub"
	"opsbot/slacksim"
)

// PagingConfig is a configuration in which the DBA's Slack user is unknown to Slack, and mail and Twilio are there.
func PagingConfig(t *testing.T, slack *slacksim.Workspace, mail string, twilio *twiliostub.Stub) configs.Config {
	t.Helper()
	c := Config(t, slack)
	address, err := freeport.Address()
	require.NoError(t, err)
	c.HTTP.PublicListen = address
	c.Paging.PublicURL, err = configs.ParseURL("http://" + address)
	require.NoError(t, err)
	c.Paging.Secret = configs.NewSecret("0123456789abcdef0123456789abcdef")
	if mail != "" {
		c.Paging.Email = configs.PagingEmail{Server: mail, TLS: "none", From: "opsbot <opsbot@company.com>"}
	}
	if twilio != nil {
		c.Paging.Twilio = configs.PagingTwilio{AccountSID: twiliostub.AccountSID, AuthToken: configs.NewSecret(twiliostub.AuthToken), From: twiliostub.Number}
		c.Paging.Twilio.APIURL, err = configs.ParseURL(twilio.URL)
		require.NoError(t, err)
	}
	for i := range c.People {
		if c.People[i].Role == configs.RoleDBA {
			c.People[i].Slack, c.People[i].Phone = "U0NOBODY", "+8613800000002"
		}
	}
	require.Empty(t, c.Validate())
	return c
}
