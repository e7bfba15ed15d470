package app

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/configs"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/internal/apptest"
	"opsbot/internal/mailtest"
	"opsbot/slacksim"
)

// failing is an opsbot in front of a Slack that is about to fail, with a mail server beside it.
type failing struct {
	*App
	t       *testing.T
	ctx     context.Context
	slack   *slacksim.Workspace
	mail    *mailtest.Server
	api     *slack.Client
	channel string // #incidents
}

// onFailingSlack runs test in both languages.
func onFailingSlack(t *testing.T, test func(t *testing.T, f failing, zh bool)) {
	for _, locale := range []string{"en", "zh-CN"} {
		t.Run(locale, func(t *testing.T) {
			t.Parallel() // it waits more than it works
			mail, workspace := mailtest.Start(t), apptest.Workspace(t)
			c := apptest.Config(t, workspace)
			c.Locale = locale
			c.Paging.Email = configs.PagingEmail{Server: mail.SMTP, TLS: "none", From: "opsbot <opsbot@company.com>"}
			require.Empty(t, c.Validate())
			a, err := New(t.Context(), c, zaptest.NewLogger(t))
			require.NoError(t, err)
			a.patience, a.repairPause = 200*time.Millisecond, 300*time.Millisecond
			require.NoError(t, a.Start(t.Context()))
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
			defer cancel()
			require.NoError(t, workspace.WaitConnected(ctx, 1))
			test(t, failing{a, t, ctx, workspace, mail, a.slack.Client(), workspace.ChannelID(incidents)}, locale != "en")
			require.NoError(t, a.Stop(ctx))
		})
	}
}

func (f failing) refuse(fault slacksim.Fault) {
	fault.Kind = slacksim.FaultError
	f.slack.Inject(fault)
}

func (f failing) fires(service string) {
	f.t.Helper()
	status, err := deliverAlert(f.ctx, f.Address(), service)
	require.NoError(f.t, err)
	require.Equal(f.t, http.StatusOK, status)
}

func (f failing) shown(match ...slacksim.Match) slacksim.Message {
	f.t.Helper()
	m, err := f.slack.WaitMessage(f.ctx, match...)
	require.NoError(f.t, err)
	return m
}

func (f failing) incident(number int64) incident.Incident {
	f.t.Helper()
	inc, err := f.store.Incident(f.ctx, number)
	require.NoError(f.t, err)
	return inc
}

// calms waits until an incident's alerts are over.
func (f failing) calms(number int64) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return f.incident(number).Status == incident.Quiet }, 60*time.Second, 20*time.Millisecond)
}

func (f failing) noMoreIncidentsThan(number int64) {
	f.t.Helper()
	list, err := f.store.Incidents(f.ctx, false, 100)
	require.NoError(f.t, err)
	require.EqualValues(f.t, number, list[0].Number, "what opsbot says of the trouble is no trouble of its own")
}

func (f failing) metrics() string {
	f.t.Helper()
	resp, err := http.Get("http://" + f.Address() + "/metrics") //nolint:noctx // a test
	require.NoError(f.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(f.t, err)
	return string(data)
}

func says(zh bool, english, chinese string) string {
	if zh {
		return chinese
	}
	return english
}

// Slack takes nothing: the DBA is paged by mail, so is the system administrator because of Slack, and once Slack takes messages
// again everything is there and that incident ends by itself.
func TestSlackThatTakesNothingIsAnIncident(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault            slacksim.Fault
		english, chinese string
	}{
		"token revoked":    {slacksim.Fault{Code: "token_revoked"}, "Slack refuses opsbot (token_revoked)", "Slack 拒绝 opsbot（token_revoked）"},
		"invalid token":    {slacksim.Fault{Code: "invalid_auth"}, "Slack refuses opsbot (invalid_auth)", "Slack 拒绝 opsbot（invalid_auth）"},
		"account inactive": {slacksim.Fault{Code: "account_inactive"}, "Slack refuses opsbot (account_inactive)", "Slack 拒绝 opsbot（account_inactive）"},
		"message limit":    {slacksim.Fault{Code: "message_limit_exceeded", Method: "chat.postMessage"}, "Slack accepts no more messages", "Slack 不再接收本工作区的消息"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFailingSlack(t, func(t *testing.T, f failing, zh bool) {
				tt.fault.N = 1_000_000
				f.refuse(tt.fault)
				f.fires("postgres")
				require.Equal(t, "dba@company.com", f.mail.WaitMessage(f.ctx, t, "postgres is down").To[0].Address)
				require.Equal(t, "admin@company.com", f.mail.WaitMessage(f.ctx, t, says(zh, tt.english, tt.chinese)).To[0].Address)
				pages, err := f.store.Pages(f.ctx, 2)
				require.NoError(t, err)
				require.Equal(t, oncall.ViaEmail, pages[0].Via, "Slack is not even tried")
				require.Contains(t, f.metrics(), `opsbot_outbox_failed_total{error="`+tt.fault.Code+`"}`)
				require.Contains(t, f.metrics(), `opsbot_pages_total{outcome="failed",via="slack"} 1`)
				require.Contains(t, f.metrics(), `opsbot_pages_total{outcome="delivered",via="email"}`)

				f.slack.ClearFaults()
				f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("postgres is down"))
				f.calms(2)
				f.noMoreIncidentsThan(2)
			})
		})
	}
}

// Slack cannot be reached for a while. A page that was to go there before anybody knew is not waited for by the next one.
func TestSlackThatIsAwayIsAnIncident(t *testing.T) {
	t.Parallel()
	onFailingSlack(t, func(t *testing.T, f failing, zh bool) {
		f.slack.SetOffline(true)
		f.fires("postgres")
		f.mail.WaitMessage(f.ctx, t, says(zh, "Slack does not accept messages", "Slack 不接收消息"))
		f.fires("ingress")
		require.Equal(t, "network@company.com", f.mail.WaitMessage(f.ctx, t, "ingress is down").To[0].Address)
		f.slack.SetOffline(false)
		for _, service := range []string{"postgres", "ingress"} {
			f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing(service+" is down"))
		}
		f.shown(slacksim.In("@dba"), slacksim.Containing("postgres is down"))
		f.calms(2)
		f.fires("redis")
		f.shown(slacksim.In("@dba"), slacksim.Containing("redis is down"))
		f.noMoreIncidentsThan(4)
	})
}

// The incident channel takes nothing: the system administrator has the incident directly, and is told that the channel is shut.
func TestChannelThatTakesNothingIsAnIncident(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		code         string
		shut, reopen func(f failing)
	}{
		"archived": {"is_archived",
			func(f failing) { f.slack.SetArchived(incidents, true) },
			func(f failing) { f.slack.SetArchived(incidents, false) }},
		"gone": {"channel_not_found",
			func(f failing) { f.refuse(slacksim.Fault{Code: "channel_not_found", Channel: f.channel, N: 1_000_000}) },
			func(f failing) { f.slack.ClearFaults() }},
		"not in it": {"not_in_channel",
			func(f failing) {
				for _, method := range []string{"chat.postMessage", "chat.update", "conversations.info"} {
					f.refuse(slacksim.Fault{Code: "not_in_channel", Method: method, Channel: f.channel, N: 1_000_000})
				}
				f.refuse(slacksim.Fault{Code: "method_not_supported_for_channel_type", Method: "conversations.join", Channel: f.channel, N: 1_000_000})
			},
			func(f failing) { f.slack.ClearFaults() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFailingSlack(t, func(_ *testing.T, f failing, zh bool) {
				tt.shut(f)
				f.fires("postgres")
				f.shown(slacksim.In("@system"), slacksim.Root(), slacksim.Containing("postgres is down"), slacksim.Containing(says(zh, "Meant for", "本应发往")))
				f.shown(slacksim.In("@dba"), slacksim.Containing("postgres is down"))
				title := says(zh, "the channel accepts no messages ("+tt.code, "频道无法接收消息（"+tt.code)
				f.shown(slacksim.In("@system"), slacksim.Containing(title), slacksim.Where(func(m slacksim.Message) bool {
					return !strings.Contains(m.Text(), says(zh, "Meant for", "本应发往")) // the page, not the header
				}))
				tt.reopen(f)
				f.calms(2)
				f.fires("redis")
				f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("redis is down"))
				f.noMoreIncidentsThan(3)
			})
		})
	}
}

// What a remedy mends at once is nothing to wake anybody for.
func TestWhatOpsbotMendsItselfIsNoIncident(t *testing.T) {
	t.Parallel()
	onFailingSlack(t, func(t *testing.T, f failing, zh bool) {
		f.refuse(slacksim.Fault{Code: "not_in_channel", Method: "chat.postMessage", Channel: f.channel})
		f.fires("postgres")
		header := f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("postgres is down"))
		require.Equal(t, 1, f.slack.CallCount("conversations.join"))
		require.NoError(t, f.slack.User("dba").Click(header, "ack"))
		f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Where(func(m slacksim.Message) bool { return !hasButton(m, "ack") }))

		require.Eventually(t, func() bool { return len(f.slack.Thread(incidents, header.TS)) == 2 }, 10*time.Second, 10*time.Millisecond)
		_, _, err := f.api.DeleteMessage(f.channel, header.TS)
		require.NoError(t, err)
		require.NoError(t, f.slack.User("dba").Command(incidents, "/incident resolve INC-1"))
		anew := f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("postgres is down"), slacksim.Where(func(m slacksim.Message) bool {
			return m.TS != header.TS
		}))
		require.NoError(t, f.slack.User("dba").Command(incidents, "/incident note INC-1 the-new-thread"))
		f.shown(slacksim.In(incidents), slacksim.Containing("the-new-thread"), slacksim.Where(func(m slacksim.Message) bool { return m.ThreadTS == anew.TS }))

		f.refuse(slacksim.Fault{Code: "invalid_blocks", Method: "chat.postMessage", Channel: f.channel})
		f.fires("ingress")
		f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("ingress is down"), slacksim.Containing(says(zh, "Shown without buttons", "未显示按钮")))
		f.noMoreIncidentsThan(2)
	})
}

// Slack refuses a message in every form: the message is lost, and the system administrator knows.
func TestLostMessageIsAnIncident(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"msg_too_long", "invalid_blocks", "never_heard_of"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			onFailingSlack(t, func(t *testing.T, f failing, zh bool) {
				f.refuse(slacksim.Fault{Code: code, Method: "chat.postMessage", Channel: f.channel, N: 2})
				f.fires("postgres")
				f.shown(slacksim.In("@dba"), slacksim.Containing("postgres is down"))
				f.shown(slacksim.In("@system"), slacksim.Containing(says(zh, "Slack rejected some messages for good ("+code, "Slack 永久拒绝了部分消息（"+code)))
				require.NoError(t, f.slack.User("dba").Command(incidents, "/incident ack INC-1"))
				f.shown(slacksim.In(incidents), slacksim.Root(), slacksim.Containing("postgres is down"))
				f.calms(2)
				f.noMoreIncidentsThan(2)
			})
		})
	}
}
