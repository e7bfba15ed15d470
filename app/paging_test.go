package app

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/handlers/audit"
	"opsbot/internal/apptest"
	"opsbot/internal/mailtest"
	"opsbot/internal/twiliostub"
	"opsbot/slacksim"
)

var ackLink = regexp.MustCompile(`http://\S+/ack/\S+`)

// The DBA is not in Slack: the page goes on to e-mail, the link acknowledges, and the ledger shows each step.
func TestPageByEmailAndAcknowledgeByLink(t *testing.T) {
	mail := mailtest.Start(t)
	slack := apptest.Workspace(t)
	c := apptest.PagingConfig(t, slack, mail.SMTP, nil)
	a := startApp(t, c)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()

	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	got := mail.WaitMessage(ctx, t, "postgres is down")
	require.Equal(t, "dba@company.com", got.To[0].Address)
	link := ackLink.FindString(got.Text)
	require.NotEmpty(t, link, got.Text)

	status, page := browse(t, http.MethodGet, link)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, `<button type="submit">Acknowledge</button>`)
	inc, err := a.store.Incident(ctx, 1)
	require.NoError(t, err)
	require.Empty(t, inc.Owner, "looking is not acknowledging")

	status, page = browse(t, http.MethodPost, link)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "INC-1 is yours")
	status, page = browse(t, http.MethodPost, link)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "has been answered before")
	requireAudited(t, a, "incident ack by U0NOBODY", "incident ack by U0NOBODY", "refused incident ack by U0NOBODY")

	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("Trying e-mail"))
	require.NoError(t, err)
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("system").Command(incidents, "/incident pages INC-1"))
	_, err = slack.WaitMessage(ctx, slacksim.Containing("failed (channel_not_found)"), slacksim.Containing("instead of 1/1"),
		slacksim.Containing("received "), slacksim.Containing(got.MessageID), slacksim.Containing("acknowledged "))
	require.NoError(t, err)
}

// requireAudited checks who did what about incidents, by the audit record.
func requireAudited(t *testing.T, a *App, want ...string) {
	t.Helper()
	require.Equal(t, want, audited(t, a, func(e audit.Event) bool { return e.Details["page"] != "" }))
}

// audited are the events of the audit record that are asked for, and who did what they tell of.
func audited(t *testing.T, a *App, isAsked func(audit.Event) bool) (events []string) {
	t.Helper()
	rows, err := a.store.AuditRows(t.Context(), 0, 100)
	require.NoError(t, err)
	for _, row := range rows {
		var e audit.Event
		require.NoError(t, json.Unmarshal(row.Event, &e))
		if isAsked(e) {
			events = append(events, e.Action+" by "+e.Actor)
		}
	}
	return events
}

// No mailbox either: the page goes on to SMS, and the reply acknowledges. Nobody else's reply does.
func TestPageBySMSAndAcknowledgeByReply(t *testing.T) {
	mail, twilio := mailtest.Start(t), twiliostub.Start(t)
	mail.Refuse(t, 550)
	a := startApp(t, apptest.PagingConfig(t, apptest.Workspace(t), mail.SMTP, twilio))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	require.Eventually(t, func() bool { return len(twilio.Messages()) == 1 }, 20*time.Second, 10*time.Millisecond)
	require.Contains(t, twilio.Messages()[0].Body, "Reply 1 to acknowledge")

	hook := a.config.Paging.PublicURL.Reveal() + "/paging/twilio/sms"
	form := map[string][]string{"From": {"+8613800000002"}, "Body": {"1"}}
	status, _ := twiliostub.Forge(t, hook, form)
	require.Equal(t, http.StatusForbidden, status)
	status, answer := twilio.Reply(t, hook, "+8613800000009", "1")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, "no incident needs you")
	_, answer = twilio.Reply(t, hook, "+8613800000002", "what?")
	require.Contains(t, answer, "reply 1 to acknowledge")
	require.Empty(t, owner(t, a))
	_, answer = twilio.Reply(t, hook, "+8613800000002", " ACK. ")
	require.Contains(t, answer, "INC-1 is yours")
	require.Equal(t, "U0NOBODY", owner(t, a))
	_, answer = twilio.Reply(t, hook, "+8613800000002", "1")
	require.Contains(t, answer, "no incident needs you")
}

// Slack, mail and SMS fail: the telephone rings, and its key acknowledges.
func TestPageByVoiceAndAcknowledgeByKey(t *testing.T) {
	twilio := twiliostub.Start(t)
	twilio.Fail(http.StatusBadRequest, 21614)
	a := startApp(t, apptest.PagingConfig(t, apptest.Workspace(t), "", twilio))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	require.Eventually(t, func() bool { return len(twilio.Calls()) == 1 }, 20*time.Second, 10*time.Millisecond)
	call := twilio.Calls()[0]
	_, says := twilio.Press(t, call, "7")
	require.Contains(t, says, "did not press 1")
	require.Empty(t, owner(t, a))
	_, says = twilio.Press(t, call, "1")
	require.Contains(t, says, "INC-1 is yours")
	require.Equal(t, "U0NOBODY", owner(t, a))
	_, says = twilio.Press(t, call, "1")
	require.Contains(t, says, "answered before")
	pages, err := a.store.Pages(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, []oncall.Via{"slack", "sms", "voice"}, []oncall.Via{pages[0].Via, pages[1].Via, pages[2].Via})
	require.Equal(t, incident.PageAcked, pages[len(pages)-1].State)
}

// Nobody picks up the telephone: the next channel is tried at once, not when the deadline is over.
func TestACallThatNobodyTakesGoesOnToTheNextChannel(t *testing.T) {
	twilio := twiliostub.Start(t)
	c := apptest.PagingConfig(t, apptest.Workspace(t), "", twilio)
	c.Paging.Order = []string{configs.PageVoice, configs.PageSMS}
	a := startApp(t, c)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	require.Eventually(t, func() bool { return len(twilio.Calls()) == 1 }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, http.StatusNoContent, twilio.NoAnswer(t, twilio.Calls()[0]))
	require.Eventually(t, func() bool { return len(twilio.Messages()) == 1 }, 20*time.Second, 10*time.Millisecond)
	pages, err := a.store.Pages(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "no-answer", pages[0].Error)
	require.Equal(t, pages[0].ID, pages[1].After)
}

// Twilio takes an SMS, but its answer is lost: it is found there and not sent again.
func TestSMSWhoseAnswerIsLostIsNotSentTwice(t *testing.T) {
	twilio := twiliostub.Start(t)
	twilio.FailAfterTaking()
	a := startApp(t, apptest.PagingConfig(t, apptest.Workspace(t), "", twilio))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	require.Eventually(t, func() bool {
		pages, err := a.store.Pages(t.Context(), 1)
		return err == nil && len(pages) == 2 && pages[1].State == incident.PageDelivered && pages[1].Receipt == twilio.Messages()[0].SID
	}, 20*time.Second, 10*time.Millisecond)
	require.Len(t, twilio.Messages(), 1)
}

func owner(t *testing.T, a *App) string {
	t.Helper()
	inc, err := a.store.Incident(t.Context(), 1)
	require.NoError(t, err)
	return inc.Owner
}

func browse(t *testing.T, method, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(""))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(data)
}

// A team's own pager: the page is posted with a signature that its secret proves.
func TestPageByWebhook(t *testing.T) {
	const secret = "a secret that the pager shares with opsbot"
	pages := make(chan []byte, 10)
	pager := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && r.Header.Get(paging.HeaderSignature) == paging.Sign([]byte(secret), r.Header.Get(paging.HeaderTimestamp), body) {
			pages <- body
		}
	}))
	defer pager.Close()
	c := apptest.PagingConfig(t, apptest.Workspace(t), "", nil)
	address, err := configs.ParseURL(pager.URL)
	require.NoError(t, err)
	c.Paging.Order = []string{configs.PageWebhook, configs.PageSlack}
	c.Paging.Webhook = configs.PagingHook{URL: configs.SecretURL{URL: address}, Secret: configs.NewSecret(secret)}
	require.Empty(t, c.Validate())
	a := startApp(t, c)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	select {
	case body := <-pages:
		require.Contains(t, string(body), `"incident":"INC-1"`)
		require.Contains(t, string(body), `"email":"dba@company.com"`)
	case <-time.After(20 * time.Second):
		t.Fatal("no page was posted")
	}
}
