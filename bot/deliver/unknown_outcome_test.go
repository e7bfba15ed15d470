package deliver

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
	"opsbot/slacksim"
)

func TestMessageThatSlackFailsOnGoesOutAsText(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "internal_error", N: plainAfter})
		d.start()
		d.say("poison", "the card that Slack cannot take", asPage("1/1"))
		d.settle(time.Minute)
		require.Len(t, d.shown(), 1)
		require.Contains(t, d.shown()[0], "the card that Slack cannot take")
		require.Contains(t, d.shown()[0], "Shown without buttons")
		require.Equal(t, []string{"1/1 true false"}, d.pages())
	})
}

func TestMessageThatNeverGoesOutHoldsNobodyBack(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Method: methodPost, N: poisonAfter})
		d.start()
		d.say("poison", "nobody knows why", to(d.slack.User("dba").ID()), asPage("1/1"))
		time.Sleep(time.Second)
		d.say("next", "the next page", to(d.slack.User("dba").ID()), asPage("1/2"))
		for len(d.pages()) == 0 {
			time.Sleep(time.Second)
		}
		require.Equal(t, "1/1 false true", d.pages()[0], "the ledger goes on to the next channel")
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"the next page"}, lines(d.slack.DMs("dba")))

		d.settle(2 * poisonMax)
		require.Len(t, d.slack.DMs("dba"), 2, "and it is not lost either")
		require.Equal(t, []string{"1/1 false true", "1/2 true false", "1/1 true false"}, d.pages())
	})
}

func TestMessageThatNeverGoesOutIsReportedOnce(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Method: methodPost, N: 1_000_000})
		d.start()
		d.say("poison", "never", asPage("1/1"))
		time.Sleep(time.Hour)
		require.Equal(t, []string{"1/1 false true"}, d.pages())
		require.Equal(t, "poison", d.outbox.row("poison").Key, "still wanted")
		require.False(t, d.outbox.settled())
		calls := d.slack.CallCount(methodPost)
		require.Greater(t, calls, 50, "still tried")
		require.Less(t, calls, 100)
	})
}

// During an outage nothing can be looked for, so no message is blamed and none loses its buttons.
func TestOutageMakesNoMessagePlain(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Method: methodPost})
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Method: methodHistory, N: 30})
		d.say("a", "kept whole", asPage("1/1"))
		d.settle(10 * time.Minute)
		require.Equal(t, []string{"kept whole"}, d.shown())
		require.Equal(t, []string{"1/1 true false"}, d.pages())
	})
}

func TestFilesThatCannotBeUploadedHoldNobodyBack(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Method: methodUploadURL, N: 1_000_000})
		d.start()
		d.say("logs", "logs of user-service", file("user.log", "line\n"))
		d.say("next", "next")
		d.settle(5 * time.Minute)
		require.Equal(t, []string{"logs of user-service", "next"}, d.shown())
	})
}

func TestCancelledMessageEndsWithoutAWord(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.config.Divert = func(context.Context, Row) string { return d.slack.ChannelID("#ops") }
		d.say("first", "cancelled", asPage("1/1"))
		row := d.outbox.row("first")
		require.NoError(t, d.outbox.Begin(t.Context(), row.ID, row.Version, time.Now()))
		d.outbox.cancel("first")
		d.say("second", "wanted", asPage("1/2"))
		d.start()
		d.settle(time.Minute)
		require.Equal(t, []string{"wanted"}, d.shown())
		require.Equal(t, []string{"1/2 true false"}, d.pages(), "whoever cancelled has told the ledger")
	})
}

// A message that is in flight is looked for in the place that it may have been diverted to, however often it is tried.
func TestDivertedMessageIsFoundAfterARefusal(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		ops := d.slack.ChannelID("#ops")
		d.config.Divert = func(context.Context, Row) string { return ops }
		archived := slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "is_archived"}
		d.slack.Inject(archived)
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultAcceptThenTimeout, Method: methodPost}) // of the diverted post
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultRateLimit, Method: methodPost, After: 5 * time.Second})
		d.slack.Inject(archived)
		d.start()
		d.say("a", "once")
		d.settle(2 * time.Minute)
		require.Equal(t, []string{"once"}, firstLines(d.slack.Messages("#ops")))
		require.Empty(t, d.shown())
	})
}

func firstLines(list []slacksim.Message) (out []string) {
	for _, line := range lines(list) {
		for i, r := range line {
			if r == '\n' {
				line = line[:i]
				break
			}
		}
		out = append(out, line)
	}
	return out
}

// interim is a version that another will follow.
func interim(m *messages.Outbound) { m.Interim = true }

func TestProgressDoesNotUseUpTheResponseURL(t *testing.T) {
	secretCommand(t, func(t *testing.T, d *delivery, answer func(text string, change ...func(*messages.Outbound))) {
		for i := range 8 {
			answer(fmt.Sprint("progress ", i), interim)
			time.Sleep(1100 * time.Millisecond)
		}
		answer("the result")
		d.settle(time.Minute)
		require.Equal(t, []string{"progress 0", "the result"}, lines(d.slack.Messages("#secret")))
		require.Empty(t, d.slack.DMs("dba"))
		require.Empty(t, d.outbox.failedRows())
	})
}

func TestResultGoesToTheRequesterWhenTheResponseURLIsUsedUp(t *testing.T) {
	secretCommand(t, func(t *testing.T, d *delivery, answer func(text string, change ...func(*messages.Outbound))) {
		for i := range responseURLUses {
			answer(fmt.Sprint("decision ", i))
			d.settle(time.Minute)
		}
		answer("the result", file("user.log", "line\n"))
		d.settle(time.Minute)
		require.Len(t, d.slack.Messages("#secret"), responseURLUses)
		require.Contains(t, lines(d.slack.DMs("dba"))[0], "the result")
		require.Empty(t, d.slack.DMs("system"), "it is not the administrator's")
	})
}

func TestLongRunGoesOnInTheRequestersMessages(t *testing.T) {
	secretCommand(t, func(t *testing.T, d *delivery, answer func(text string, change ...func(*messages.Outbound))) {
		answer("progress 0", interim)
		d.settle(time.Minute)
		time.Sleep(31 * time.Minute)
		answer("progress 1", interim)
		d.settle(time.Minute)
		answer("the result")
		d.settle(time.Minute)
		require.Equal(t, []string{"progress 0"}, lines(d.slack.Messages("#secret")))
		require.Equal(t, []string{"the result"}, firstLines(d.slack.DMs("dba")), "edited there")
	})
}

func TestFilesOfAnAnswerReachTheRequester(t *testing.T) {
	secretCommand(t, func(t *testing.T, d *delivery, answer func(text string, change ...func(*messages.Outbound))) {
		answer("the result", file("user.log", "line\n"))
		d.settle(time.Minute)
		answers := d.slack.Messages("#secret")
		require.Len(t, answers, 1)
		require.Contains(t, answers[0].Text(), "The file is in your direct messages with me.")
		list := d.slack.DMs("dba")
		require.Len(t, list, 1)
		require.Equal(t, "user.log", list[0].Files[0].Title)
	})
}

// secretCommand runs a test with the answer to a command from a private channel that the bot is not in.
func secretCommand(t *testing.T, test func(t *testing.T, d *delivery, answer func(text string, change ...func(*messages.Outbound)))) {
	t.Helper()
	o := slacksim.Options{Channels: []slacksim.ChannelSpec{{Name: "incidents"}, {Name: "secret", Private: true, WithoutBot: true}}}
	withCommand(t, o, "#secret", func(t *testing.T, d *delivery, url string) {
		d.stop()
		d.config.Divert = func(context.Context, Row) string { return d.slack.User("system").ID() }
		d.start()
		test(t, d, func(text string, change ...func(*messages.Outbound)) {
			d.say("call/1/answer", text, append(change, to(d.slack.ChannelID("#secret")), func(m *messages.Outbound) {
				m.ResponseURL, m.Requester, m.Lane = url, d.slack.User("dba").ID(), messages.LaneAnswer
			})...)
		})
	})
}
