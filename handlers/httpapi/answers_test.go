package httpapi_test

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/escalation/webhook"
	"opsbot/handlers/httpapi"
	"opsbot/store"
	"opsbot/store/sqldb"
)

const (
	dbaPhone = "+8613800000002"
	// genuineSignature is the only one that the account of these tests knows.
	genuineSignature = "genuine"
)

type account struct{ address atomic.Value }

func (a *account) Genuine(url string, _ url.Values, signature string) bool {
	a.address.Store(url)
	return signature == genuineSignature
}

// fixture is opsbot as somebody outside Slack sees it, with a DBA who reads Chinese and an administrator who is not in Slack.
type fixture struct {
	t       *testing.T
	store   *store.Store
	service *engine.Service
	links   paging.Links
	account *account
	url     string
	now     atomic.Pointer[time.Time]
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	h := &fixture{t: t, account: &account{}}
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	h.now.Store(&start)
	clock := func() time.Time { return *h.now.Load() }
	var err error
	h.store, err = store.Open(t.Context(), "sqlite://:memory:", store.Options{Now: clock})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.store.Close()) })
	directory, err := oncall.NewDirectory([]oncall.Contact{
		{ID: "zhangsan", Role: oncall.System, Name: "张三", Email: "admin@company.com", Pages: []oncall.Via{oncall.ViaEmail}},
		{ID: "lisi", Role: oncall.DBA, Name: "李四", Slack: "U0LISI", Phone: dbaPhone, Locale: "zh-CN", Pages: []oncall.Via{oncall.ViaSMS}},
	})
	require.NoError(t, err)
	policy := escalation.DefaultPolicy(5*time.Minute, 15*time.Minute, 30*time.Minute, 24*time.Hour)
	policy.Channel = "C0INCIDENTS"
	h.service, err = engine.New(engine.Config{
		Journal: h.store, Store: h.store, Openings: h.store, Queries: h.store, Alerts: h.store, Policy: policy, Directory: directory, Now: clock, Log: zap.NewNop(),
	})
	require.NoError(t, err)
	texts, err := loadTexts()
	require.NoError(t, err)
	h.links = paging.Links{Base: "https://opsbot.company.com", Secret: []byte("0123456789abcdef0123456789abcdef")}
	answers := httpapi.Answers{
		Ledger: h.store, Incidents: h.service, Directory: directory, Links: h.links, Twilio: h.account, Texts: texts, Locale: "en",
		Now: clock, Log: zap.NewNop(),
	}
	server := httptest.NewServer(answers.Handler())
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// breaks opens an incident that pages a role, and returns the first page.
func (h *fixture) breaks(group, role string) incident.Page {
	h.t.Helper()
	body := strings.NewReplacer("GROUP", group, "ROLE", role, "PRINT", fmt.Sprintf("%016x", crc32.ChecksumIEEE([]byte(group)))).Replace(`{"version":"4","groupKey":"GROUP","status":"firing","alerts":[{"status":"firing",
		"fingerprint":"PRINT","startsAt":"2026-03-02T09:00:00Z","labels":{"alertname":"Down <b>","role":"ROLE","severity":"critical"}}]}`)
	n, err := webhook.Decode([]byte(body), *h.now.Load())
	require.NoError(h.t, err)
	require.NoError(h.t, h.service.Observe(h.t.Context(), n))
	active, err := h.store.Incidents(h.t.Context(), true, 1)
	require.NoError(h.t, err)
	pages, err := h.store.Pages(h.t.Context(), active[0].Number)
	require.NoError(h.t, err)
	return pages[0]
}

func (h *fixture) link(p incident.Page) string {
	return strings.Replace(h.links.Ack(p), h.links.Base, h.url, 1)
}

func (h *fixture) owner(number int64) string {
	h.t.Helper()
	inc, err := h.store.Incident(h.t.Context(), number)
	require.NoError(h.t, err)
	return inc.Owner
}

func (h *fixture) ask(method, address string, form url.Values, signature string) (status int, body string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(h.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Language", "zh-TW,zh;q=0.9")
	req.Header.Set("X-Twilio-Signature", signature)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(h.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(h.t, err)
	require.Empty(h.t, resp.Header.Get("Location"))
	return resp.StatusCode, string(data)
}

func (h *fixture) sms(from, text string) (status int, answer string) {
	return h.ask(http.MethodPost, h.url+"/paging/twilio/sms", url.Values{"From": {from}, "Body": {text}}, genuineSignature)
}

func TestALinkAsksBeforeItAcknowledges(t *testing.T) {
	h := newFixture(t)
	p := h.breaks("g", "system")
	for range 3 { // scanners and previews
		status, body := h.ask(http.MethodGet, h.link(p), nil, "")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, body, "<button")
		require.Contains(t, body, "Down &lt;b&gt;", "alerts are untrusted")
		require.Empty(t, h.owner(1))
	}
	status, _ := h.ask(http.MethodHead, h.link(p), nil, "")
	require.Equal(t, http.StatusOK, status)
	require.Empty(t, h.owner(1))

	status, body := h.ask(http.MethodPost, h.link(p), nil, "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "INC-1 is yours")
	require.Equal(t, "zhangsan", h.owner(1), "the contact, who has no Slack user")
	pages, err := h.store.Pages(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, incident.PageAcked, pages[0].State)

	status, body = h.ask(http.MethodGet, h.link(p), nil, "")
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, body, "<button")
	status, body = h.ask(http.MethodPost, h.link(p), nil, "")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "has been answered before")
}

func TestLinksThatAreRefused(t *testing.T) {
	h := newFixture(t)
	p := h.breaks("g", "dba")
	link := h.link(p)
	other := paging.Links{Base: h.url, Secret: []byte("another secret of thirty-two chars")}
	noPage := p
	noPage.ID = "1/99"
	noIncident := p
	noIncident.ID = "77/1"
	for name, tt := range map[string]struct {
		link   string
		after  time.Duration
		status int
		want   string
	}{
		"forged":              {other.Ack(p), 0, http.StatusNotFound, "找不到此链接对应的呼叫"},
		"cut":                 {link[:len(link)-5], 0, http.StatusNotFound, "找不到此链接对应的呼叫"},
		"nothing":             {h.url + "/ack/x", 0, http.StatusNotFound, "找不到此链接对应的呼叫"},
		"of no page":          {h.link(noPage), 0, http.StatusNotFound, "找不到此链接对应的呼叫"},
		"of no incident":      {h.link(noIncident), 0, http.StatusNotFound, "找不到此链接对应的呼叫"},
		"expired after a day": {link, 24 * time.Hour, http.StatusGone, "已过期"},
	} {
		t.Run(name, func(t *testing.T) {
			was := h.now.Load()
			later := was.Add(tt.after)
			h.now.Store(&later)
			defer h.now.Store(was)
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				status, body := h.ask(method, tt.link, nil, "")
				require.Equal(t, tt.status, status)
				require.Contains(t, body, tt.want)
				require.NotContains(t, body, "<button")
			}
		})
	}
	require.Empty(t, h.owner(1))

	_, err := h.service.Act(t.Context(), 1, escalation.Action{Kind: escalation.Ack, Actor: "U0OTHER"})
	require.NoError(t, err)
	status, body := h.ask(http.MethodPost, link, nil, "")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "U0OTHER", "who was faster")
	require.Equal(t, "U0OTHER", h.owner(1))
}

func TestAReplyNamesItsIncidentWhereThereAreSeveral(t *testing.T) {
	h := newFixture(t)
	h.breaks("g1", "dba")
	h.breaks("g2", "dba")
	h.breaks("g3", "system")
	_, answer := h.sms(dbaPhone, "1")
	require.Contains(t, answer, "INC-2, INC-1", "two wait, and which is meant is not guessed")
	require.Empty(t, h.owner(1)+h.owner(2))
	_, answer = h.sms(dbaPhone, "1 INC-3")
	require.Contains(t, answer, "INC-3 没有等待您处理", "somebody else was paged for it")
	_, answer = h.sms(dbaPhone, "ack 1")
	require.Contains(t, answer, "INC-1 已由您负责")
	require.Equal(t, "U0LISI", h.owner(1))
	_, answer = h.sms(dbaPhone, "收到")
	require.Contains(t, answer, "INC-2 已由您负责", "only one is left")
	_, answer = h.sms(dbaPhone, "1")
	require.Contains(t, answer, "no incident needs you")
}

func TestOnlyTwilioCallsBack(t *testing.T) {
	h := newFixture(t)
	p := h.breaks("g", "dba")
	voice := strings.Replace(h.links.Voice(p), h.links.Base, h.url, 1)
	for _, address := range []string{h.url + "/paging/twilio/sms", voice} {
		status, body := h.ask(http.MethodPost, address, url.Values{"From": {dbaPhone}, "Body": {"1"}, "Digits": {"1"}}, "forged")
		require.Equal(t, http.StatusForbidden, status)
		require.Contains(t, body, "signature")
		status, _ = h.ask(http.MethodGet, address, nil, genuineSignature)
		require.Equal(t, http.StatusMethodNotAllowed, status)
	}
	require.Empty(t, h.owner(1))
	require.Equal(t, h.links.Voice(p), h.account.address.Load(), "the address that Twilio signed, not the one behind the proxy")
	_, says := h.ask(http.MethodPost, voice, url.Values{"Digits": {"1"}}, genuineSignature)
	require.Contains(t, says, "INC-1 已由您负责")
	require.Contains(t, says, `language="zh-CN"`)
	require.Equal(t, "U0LISI", h.owner(1))
}

// Twilio took the SMS, and the telephone company could not deliver it: that is a failure, told once. Progress is none.
func TestAnSMSThatCannotBeDeliveredHasFailed(t *testing.T) {
	h := newFixture(t)
	p := h.breaks("g", "dba")
	require.NoError(t, h.service.PageOutcome(t.Context(), p.ID, incident.PageDelivered, "SM1"))
	status := strings.Replace(h.links.Status(p), h.links.Base, h.url, 1)
	tell := func(form url.Values, signature string) int {
		code, _ := h.ask(http.MethodPost, status, form, signature)
		return code
	}
	require.Equal(t, http.StatusForbidden, tell(url.Values{"MessageStatus": {"undelivered"}}, "forged"))
	require.Equal(t, http.StatusNoContent, tell(url.Values{"MessageStatus": {"sent"}}, genuineSignature))
	state := func() incident.Page {
		pages, err := h.store.Pages(t.Context(), 1)
		require.NoError(t, err)
		return pages[0]
	}
	require.Equal(t, incident.PageDelivered, state().State)
	for range 2 { // Twilio may report twice
		require.Equal(t, http.StatusNoContent, tell(url.Values{"MessageStatus": {"undelivered"}, "ErrorCode": {"30003"}}, genuineSignature))
	}
	require.Equal(t, incident.PageFailed, state().State)
	require.Equal(t, "undelivered (Twilio error 30003)", state().Error)
	require.Equal(t, "SM1", state().Receipt)
}

func TestAnAnswerDuringTroubleWithTheStoreIsNotLostSilently(t *testing.T) {
	h := newFixture(t)
	p := h.breaks("g", "system")
	texts, err := loadTexts()
	require.NoError(t, err)
	broken := httpapi.Answers{
		Ledger: h.store, Incidents: failingActs{}, Directory: h.service.Directory, Links: h.links, Texts: texts, Locale: "en",
		Now: func() time.Time { return *h.now.Load() }, Log: zap.NewNop(),
	}
	server := httptest.NewServer(broken.Handler())
	defer server.Close()
	status, body := h.ask(http.MethodPost, strings.Replace(h.links.Ack(p), h.links.Base, server.URL, 1), nil, "")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "could not record your acknowledgement")
	require.NotContains(t, body, "disk full")
}

type failingActs struct{}

func (failingActs) PageOutcome(context.Context, string, incident.PageState, string) error {
	return sqldb.ErrDiskFull
}

func (failingActs) Act(context.Context, int64, escalation.Action) (incident.Incident, error) {
	return incident.Incident{}, sqldb.ErrDiskFull
}

func TestAnOwnerAnswersAReminder(t *testing.T) {
	h := newFixture(t)
	h.breaks("g", "system")
	_, err := h.service.Act(t.Context(), 1, escalation.Action{Kind: escalation.Assign, Actor: "U0LEAD", Assignee: "U0LISI"})
	require.NoError(t, err)
	status, _ := h.sms(dbaPhone, "1")
	require.Equal(t, http.StatusOK, status)
	pages, err := h.store.Pages(t.Context(), 1)
	require.NoError(t, err)
	last := pages[len(pages)-1]
	require.Equal(t, []any{incident.PageAcked, *h.now.Load()}, []any{last.State, last.AnsweredAt})
	_, answer := h.sms(dbaPhone, "1")
	require.Contains(t, answer, "no incident needs", "answered once, it needs nobody any more")
}
