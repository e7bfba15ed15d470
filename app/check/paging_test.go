package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/internal/mailtest"
	"opsbot/internal/twiliostub"
)

// check logs in to what pages are sent through, and names what cannot be reached.
func TestCheckOfPaging(t *testing.T) {
	mail, twilio := mailtest.Start(t), twiliostub.Start(t)
	c := apptest.PagingConfig(t, apptest.Workspace(t), mail.SMTP, twilio)
	c.People[0].Pages = []string{configs.PageSlack, configs.PageVoice}
	var out strings.Builder
	require.Error(t, Run(t.Context(), &out, c))
	for _, line := range []string{
		"ok    paging by e-mail: " + mail.SMTP, "ok    paging by SMS: " + twiliostub.AccountSID,
		"FAIL  contacts: 张三 is to be paged by voice call", "warn  contacts: 王五: 138xxxx0003 is a placeholder",
		"warn  contacts: no system administrator is paged by another channel than Slack",
	} {
		require.Contains(t, out.String(), line)
	}
	c.People[0].Pages = nil
	c.Paging.Email.Server, c.Paging.Twilio.AuthToken = mailtest.FreeAddress(t), configs.NewSecret("wrong")
	out.Reset()
	require.Error(t, Run(t.Context(), &out, c))
	require.NotContains(t, out.String(), "paged by another channel than Slack")
	require.Contains(t, out.String(), "FAIL  paging by e-mail: "+c.Paging.Email.Server)
	require.Contains(t, out.String(), "FAIL  paging by SMS: "+twiliostub.AccountSID+": look up the account: Twilio answered 401")
}
