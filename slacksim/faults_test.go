package slacksim_test

import (
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func TestInjectedFaults(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	ops := w.ChannelID("#ops")
	send := func(text string) error {
		_, _, err := api.PostMessage(ops, slack.MsgOptionText(text, false))
		return err
	}

	w.Inject(slacksim.Fault{Kind: slacksim.FaultRateLimit, Method: "chat.postMessage", After: 7 * time.Second})
	_, err := api.AuthTest()
	require.NoError(t, err, "faults of one method leave the others alone")
	var limited *slack.RateLimitedError
	require.ErrorAs(t, send("one"), &limited)
	require.Equal(t, 7*time.Second, limited.RetryAfter)

	w.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, N: 2})
	for range 2 {
		var status slack.StatusCodeError
		require.ErrorAs(t, send("two"), &status)
		require.Equal(t, 500, status.Code)
	}
	require.Empty(t, w.Messages("#ops"))

	w.Inject(slacksim.Fault{Kind: slacksim.FaultAcceptThenTimeout})
	require.Error(t, send("three"))
	require.Equal(t, "three", w.Messages("#ops")[0].Text(), "posted although the client saw an error")
	calls := w.Calls("chat.postMessage")
	require.Zero(t, calls[len(calls)-1].Status)

	w.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: "chat.postMessage", Code: "channel_not_found"})
	require.EqualError(t, send("four"), "channel_not_found")

	w.Inject(slacksim.Fault{Kind: slacksim.FaultError, Code: "is_archived", Channel: w.ChannelID("#general")})
	require.NoError(t, send("elsewhere"))
	_, err = api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: w.ChannelID("#general")})
	require.EqualError(t, err, "is_archived")

	w.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, N: 100})
	w.ClearFaults()
	require.NoError(t, send("five"))
}

func TestIgnoringAnInjected429IsAViolation(t *testing.T) {
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	w.Inject(slacksim.Fault{Kind: slacksim.FaultRateLimit, After: 10 * time.Second})
	form(t, w, "users.list")
	form(t, w, "users.list") // may have been on its way
	require.Empty(t, w.Violations())
	clock.Advance(5 * time.Second)
	form(t, w, "users.list")
	require.Len(t, w.Violations(), 1)
	w.AllowViolation("ignored_retry_after: users.list")
	clock.Advance(5 * time.Second)
	form(t, w, "users.list")
}

func TestDelay(t *testing.T) {
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	w.SetDelay(time.Second)
	done := make(chan error, 1)
	go func() { _, err := client(w).AuthTest(); done <- err }()
	require.Eventually(t, func() bool {
		clock.Advance(time.Second)
		return len(done) == 1
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, <-done)
}
