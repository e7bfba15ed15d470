package deliver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/bot/slacktest"
	"opsbot/messages"
	"opsbot/slacksim"
)

func TestDiagnose(t *testing.T) {
	now := slacktest.Noon()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, tt := range map[string]struct {
		ailing []StuckMessage
		taken  time.Time
		want   []Problem
	}{
		"nothing":                  {},
		"a failure that may pass":  {ailing: []StuckMessage{{Cause: "no_answer: timeout", Since: ago(30 * time.Second)}}},
		"Slack is away":            {ailing: []StuckMessage{{Cause: "not_connected: dial", Since: ago(time.Minute)}}, want: []Problem{{Kind: ProblemUnreachable, Code: "not_connected", Since: ago(time.Minute)}}},
		"taken only before that":   {ailing: []StuckMessage{{Cause: "no_answer", Since: ago(time.Hour)}}, taken: ago(time.Hour), want: []Problem{{Kind: ProblemUnreachable, Code: "no_answer", Since: ago(time.Hour)}}},
		"one message alone":        {ailing: []StuckMessage{{Cause: "internal_error", Since: ago(time.Hour)}}, taken: ago(time.Second), want: []Problem{{Kind: ProblemStuck, Code: "internal_error", Since: ago(time.Hour)}}},
		"a revoked token, at once": {ailing: []StuckMessage{{Cause: "token_revoked", Since: now}}, want: []Problem{{Kind: ProblemRefused, Code: "token_revoked", Since: now}}},
		"a scope that one message lacks": {
			ailing: []StuckMessage{{Cause: "missing_scope: needed: files:write", Since: ago(time.Hour)}}, taken: ago(time.Second),
			want: []Problem{{Kind: ProblemStuck, Code: "missing_scope", Since: ago(time.Hour)}},
		},
		"the limit, although edits get through": {
			ailing: []StuckMessage{{Cause: "message_limit_exceeded", Since: ago(time.Hour)}}, taken: ago(time.Second),
			want: []Problem{{Kind: ProblemLimit, Code: "message_limit_exceeded", Since: ago(time.Hour)}},
		},
		"the workspace's limit, at once": {ailing: []StuckMessage{{Cause: "message_limit_exceeded", Since: now}}, want: []Problem{{Kind: ProblemLimit, Code: "message_limit_exceeded", Since: now}}},
		"Retry-After":                    {ailing: []StuckMessage{{Cause: "ratelimited", Since: ago(9 * time.Minute)}}},
		"Retry-After without end":        {ailing: []StuckMessage{{Cause: "ratelimited", Since: ago(time.Hour)}}, want: []Problem{{Kind: ProblemUnreachable, Code: "ratelimited", Since: ago(time.Hour)}}},
		"each channel, each kind only once": {
			ailing: []StuckMessage{
				{Cause: "is_archived", Destination: "C1", Since: now}, {Cause: "is_archived", Destination: "C1", Since: now},
				{Cause: "not_in_channel", Destination: "C2", Since: now}, {Cause: "invalid_blocks: pointer", Since: now, Lost: true}, {Cause: "x", Since: now, Lost: true},
			},
			want: []Problem{
				{Kind: ProblemChannelClosed, Channel: "C1", Code: "is_archived", Since: now}, {Kind: ProblemChannelClosed, Channel: "C2", Code: "not_in_channel", Since: now},
				{Kind: ProblemLost, Code: "invalid_blocks", Since: now},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, Diagnose(tt.ailing, tt.taken, now, time.Minute))
		})
	}
}

// Nobody can have what the channel does not take: it waits, is tried again, and the channel is named.
func TestMessageForAClosedChannelIsKept(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.config.Divert = func(context.Context, Row) string { return "U0NOBODY" }
		require.NoError(t, d.config.Slack.ArchiveConversation(d.channel))
		d.start()
		d.say("header", "incident", lane(messages.LaneHeader))
		time.Sleep(5 * time.Minute)
		require.Empty(t, d.outbox.failedRows())
		require.False(t, d.outbox.settled())
		require.NoError(t, d.config.Slack.UnArchiveConversation(d.channel))
		d.settle(time.Minute)
		require.Equal(t, []string{"incident"}, d.shown())
	})
}

// The closed channel is told of before the diverted message is done with, and as often as that fails.
func TestClosedChannelIsTold(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		var told []string
		d.config.Divert = func(context.Context, Row) string { return d.slack.User("system").ID() }
		d.config.ChannelClosed = func(_ context.Context, channel, code string) error {
			told = append(told, channel+" "+code)
			if len(told) == 1 {
				return errBroken
			}
			return nil
		}
		require.NoError(t, d.config.Slack.ArchiveConversation(d.channel))
		d.start()
		d.say("asked", "an answer", func(m *messages.Outbound) { m.Requester = d.slack.User("dba").ID() })
		d.settle(time.Minute)
		require.Empty(t, told, "who asked has it")
		d.say("header", "incident", lane(messages.LaneHeader))
		d.settle(time.Minute)
		require.Equal(t, []string{d.channel + " is_archived", d.channel + " is_archived"}, told)

		why := func() string {
			code, err := d.instance.WhyClosed(t.Context(), d.channel)
			require.NoError(t, err)
			return code
		}
		require.Equal(t, "is_archived", why())
		require.NoError(t, d.config.Slack.UnArchiveConversation(d.channel))
		require.Empty(t, why())
	})
}

func TestUnknownRefusalIsTriedAsText(t *testing.T) {
	for name, tt := range map[string]struct {
		refusals int
		want     []string
	}{
		"of the blocks":       {1, nil},
		"of the text as well": {2, []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
				failed := map[string]int{}
				d.config.Failed = func(code string) { failed[code]++ }
				d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "never_heard_of", N: tt.refusals})
				d.start()
				d.say("a", "report")
				d.settle(time.Minute)
				require.Equal(t, tt.want, d.outbox.failedRows())
				require.Len(t, d.shown(), 1-len(tt.want))
				require.Equal(t, map[string]int{"never_heard_of": tt.refusals}, failed)
			})
		})
	}
}

// Somebody deleted the root of a thread, and Slack says so when opsbot replies.
func TestThreadWithoutRootIsBegunAnew(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		d.say("root", "incident", lane(messages.LaneHeader))
		d.settle(time.Second)
		old := d.outbox.row("root").TS
		_, _, err := d.config.Slack.DeleteMessage(d.channel, old)
		require.NoError(t, err)
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "thread_not_found"})
		d.say("entry", "what happened", replyTo("root"))
		d.settle(time.Minute)
		root := d.outbox.row("root").TS
		require.NotEqual(t, old, root)
		require.Equal(t, []string{"incident"}, d.shown())
		require.Equal(t, []string{"what happened"}, lines(d.slack.Thread("#incidents", root)))
	})
	s := newSending(Row{Outbound: messages.Outbound{ReplyTo: "root"}, RootTS: "1.000001", Attempts: 1})
	require.True(t, s.leaveThread(), "not for ever: it goes beside the thread")
}

func TestReplyToADeletedMentionGoesBesideIt(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "thread_not_found"})
		d.start()
		d.say("answer", "all is well", func(m *messages.Outbound) { m.ThreadTS = "1700000000.000100" })
		d.settle(time.Minute)
		require.Equal(t, []string{"all is well"}, d.shown())
	})
}

// The workspace may post no more: the page goes on to another channel at once, edits still work, nothing is lost.
func TestMessageLimit(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		d.say("header", "one", lane(messages.LaneHeader))
		d.settle(time.Second)
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "message_limit_exceeded", N: 10})
		d.say("page", "wake up", to(d.slack.User("dba").ID()), asPage("1/1"))
		d.say("header", "two", lane(messages.LaneHeader))
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"1/1 false true"}, d.pages())
		require.Equal(t, []string{"two"}, d.shown())
		took := d.settle(10 * time.Minute)
		require.Greater(t, took, 4*time.Minute, "it is not hammered")
		require.Equal(t, []string{"wake up"}, lines(d.slack.DMs("dba")))
	})
}
