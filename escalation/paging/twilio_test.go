package paging_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/internal/twiliostub"
)

const phone = "+8613800000002"

func twilio(stub *twiliostub.Stub) *paging.Twilio {
	return &paging.Twilio{
		AccountSID: twiliostub.AccountSID, AuthToken: twiliostub.AuthToken, From: twiliostub.Number, BaseURL: stub.URL, HTTP: http.DefaultTransport,
	}
}

func TestSMS(t *testing.T) {
	stub := twiliostub.Start(t)
	s := &paging.SMS{Twilio: twilio(stub), Writer: writer(t)}
	n := notice(oncall.ViaSMS, phone, "zh-CN")
	_, found, err := s.Find(t.Context(), n)
	require.NoError(t, err)
	require.False(t, found)
	receipt, err := s.Send(t.Context(), n)
	require.NoError(t, err)
	sent := stub.Messages()
	require.Len(t, sent, 1)
	require.Equal(t, sent[0].SID, receipt)
	require.Equal(t, "INC-12 需要您处理（严重）：PostgresDown: <script> Bcc: x@y.z。回复 1 确认。#12/3.", sent[0].Body)

	sid, found, err := s.Find(t.Context(), n)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, receipt, sid)
	n.Page.ID = "12/30"
	_, found, err = s.Find(t.Context(), n)
	require.NoError(t, err)
	require.False(t, found, "another page")
	n.Page.ID, n.Page.AttemptedAt = "12/3", time.Now().Add(time.Hour)
	_, found, err = s.Find(t.Context(), n)
	require.NoError(t, err)
	require.False(t, found, "of an older database")
}

func TestVoice(t *testing.T) {
	stub := twiliostub.Start(t)
	v := &paging.Voice{Twilio: twilio(stub), Writer: writer(t)}
	n := notice(oncall.ViaVoice, phone, "en")
	receipt, err := v.Send(t.Context(), n)
	require.NoError(t, err)
	calls := stub.Calls()
	require.Len(t, calls, 1)
	require.Equal(t, calls[0].SID, receipt)
	require.Contains(t, calls[0].Twiml, "Incident 12 needs you as database administrator")
	require.Contains(t, calls[0].Twiml, "Press 1 to acknowledge.")
	require.Contains(t, calls[0].Twiml, `action="https://opsbot.company.com/paging/twilio/voice/`)
	require.Contains(t, calls[0].Twiml, "&lt;script&gt;")
	sid, found, err := v.Find(t.Context(), n)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, receipt, sid)

	v.Writer.Links = paging.Links{}
	_, err = v.Send(t.Context(), notice(oncall.ViaVoice, phone, "zh-CN"))
	require.NoError(t, err)
	require.NotContains(t, stub.Calls()[1].Twiml, "Gather", "no key can be reported")
	require.Contains(t, stub.Calls()[1].Twiml, `language="zh-CN"`)
}

func TestTwilioFailures(t *testing.T) {
	stub := twiliostub.Start(t)
	for name, tt := range map[string]struct {
		prepare func(*paging.Twilio)
		address string
		want    paging.Failure
	}{
		"no mobile number": {func(*paging.Twilio) { stub.Fail(http.StatusBadRequest, 21614) }, phone, paging.Failure{}},
		"no number":        {func(*paging.Twilio) {}, "138xxxx0001", paging.Failure{}},
		"wrong token":      {func(tw *paging.Twilio) { tw.AuthToken = "wrong" }, phone, paging.Failure{}},
		"too many":         {func(*paging.Twilio) { stub.Fail(http.StatusTooManyRequests, 20429) }, phone, paging.Failure{Temporary: true}},
		"broken":           {func(*paging.Twilio) { stub.Fail(http.StatusInternalServerError, 20500) }, phone, paging.Failure{Temporary: true, Unsure: true}},
		"away":             {func(tw *paging.Twilio) { tw.BaseURL = "http://127.0.0.1:1" }, phone, paging.Failure{Temporary: true}},
	} {
		t.Run(name, func(t *testing.T) {
			account := twilio(stub)
			tt.prepare(account)
			_, err := (&paging.SMS{Twilio: account, Writer: writer(t)}).Send(t.Context(), notice(oncall.ViaSMS, tt.address, "en"))
			var got *paging.Failure
			require.ErrorAs(t, err, &got)
			tt.want.Cause = got.Cause
			require.Equal(t, &tt.want, got)
			require.NotContains(t, err.Error(), account.AuthToken)
		})
	}
	require.Empty(t, stub.Messages())
}

func TestTwilioCheck(t *testing.T) {
	account := twilio(twiliostub.Start(t))
	require.NoError(t, account.Check(t.Context()))
	account.AuthToken = "wrong"
	require.ErrorContains(t, account.Check(t.Context()), "20003")
}

func TestGenuine(t *testing.T) {
	account := &paging.Twilio{AuthToken: "12345"}
	// The example of https://www.twilio.com/docs/usage/security.
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"},
	}
	const address, signature = "https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="
	require.True(t, account.Genuine(address, form, signature))
	require.False(t, account.Genuine(address+"3", form, signature))
	require.False(t, account.Genuine(address, form, ""))
	form.Set("Digits", "1")
	require.False(t, account.Genuine(address, form, signature))
}
