package app

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/internal/mailtest"
	"opsbot/slacksim"
)

// opsbot is restarted while Slack cannot be used: it pages by mail all the same, and says in Slack later what happened.
func TestRestartWithoutSlack(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*slacksim.Workspace){
		"away":     func(w *slacksim.Workspace) { w.SetOffline(true) },
		"archived": func(w *slacksim.Workspace) { w.SetArchived(incidents, true) },
		"refused": func(w *slacksim.Workspace) {
			for _, method := range []string{"", "auth.test", "apps.connections.open"} {
				w.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: method, Code: "token_revoked", N: 1_000_000})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mail, workspace := mailtest.Start(t), apptest.Workspace(t)
			c := apptest.Config(t, workspace)
			c.Paging.Email = configs.PagingEmail{Server: mail.SMTP, TLS: "none", From: "opsbot <opsbot@company.com>"}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
			defer cancel()
			require.NoError(t, startApp(t, c).Stop(ctx))

			fail(workspace)
			a, err := New(ctx, c, zaptest.NewLogger(t))
			require.NoError(t, err)
			a.patience, a.repairPause = 200*time.Millisecond, 300*time.Millisecond
			require.NoError(t, a.Start(ctx))
			defer func() { require.NoError(t, a.Stop(ctx)) }()
			f := failing{a, t, ctx, workspace, mail, a.slack.Client(), workspace.ChannelID(incidents)}
			f.fires("postgres")
			if name == "archived" {
				f.shown(slacksim.In("@dba"), slacksim.Containing("postgres is down"))
				f.shown(slacksim.In("@system"), slacksim.Containing("the channel accepts no messages"))
				return
			}
			require.Equal(t, "admin@company.com", mail.WaitMessage(ctx, t, "Slack").To[0].Address)
			f.fires("ingress")
			require.Equal(t, "network@company.com", mail.WaitMessage(ctx, t, "ingress is down").To[0].Address)
			workspace.ClearFaults()
			f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("ingress is down"))
			f.calms(2)
		})
	}
}
