package deliver

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/bot/directory"
	"opsbot/messages"
	"opsbot/slacksim"
)

// sharing lets the Worker know what Slack says of channels.
func (d *delivery) sharing() *directory.Channels {
	channels := &directory.Channels{Slack: d.slack.Client, Now: time.Now, Log: zap.NewNop()}
	d.config.IsShared = channels.IsShared
	return channels
}

func askedBy(user string) func(*messages.Outbound) {
	return func(m *messages.Outbound) { m.Requester, m.Lane = user, messages.LaneAnswer }
}

// whole is all that stands in messages.
func whole(list []slacksim.Message) string {
	var all strings.Builder
	for _, m := range list {
		all.WriteString(m.Text() + "\n")
	}
	return all.String()
}

// roots tells messages that are for everybody in a channel from those for one person.
func roots(list []slacksim.Message) (public, ephemeral []slacksim.Message) {
	for _, m := range list {
		if m.Ephemeral == "" {
			public = append(public, m)
		} else {
			ephemeral = append(ephemeral, m)
		}
	}
	return public, ephemeral
}

func TestASharedChannelGetsNothing(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.sharing()
		d.slack.ShareChannel("#incidents", "T0OTHER")
		dba := d.slack.User("dba")
		d.start()
		d.say("answer", "3 pods are ready", askedBy(dba.ID()), file("pods.txt", "secret of the house"))
		d.settle(time.Minute)
		d.say("answer", "4 pods are ready", askedBy(dba.ID()), file("pods.txt", "secret of the house"))
		d.settle(time.Minute)

		public, hints := roots(d.slack.Messages("#incidents"))
		require.Empty(t, public)
		require.Len(t, hints, 1, "said where it was asked, once")
		require.Equal(t, dba.ID(), hints[0].Ephemeral)
		require.NotContains(t, whole(hints), "pods")
		require.Contains(t, whole(hints), "direct messages")
		dms := d.slack.DMs("dba")
		require.Contains(t, whole(dms), "4 pods are ready")
		require.Contains(t, whole(dms), "Other organisations read that channel")
		require.Equal(t, 1, d.slack.CallCount(methodUpdate), "the second version edits the first")
		require.Len(t, d.slack.Thread(d.slack.ChannelID("@dba"), dms[0].TS), 1, "the file, once")
	})
}

// A channel can become shared between a plan and its result, and while a message is edited.
func TestAnEditDoesNotReachAChannelThatWasSharedMeanwhile(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		channels := d.sharing()
		dba := d.slack.User("dba")
		d.start()
		d.say("answer", "running", askedBy(dba.ID()))
		d.settle(time.Minute)
		d.slack.ShareChannel("#incidents", "T0OTHER")
		channels.Forget(d.channel)
		d.say("answer", "the outcome", askedBy(dba.ID()))
		d.settle(time.Minute)
		require.NotContains(t, whole(d.slack.Messages("#incidents")), "the outcome")
		require.Contains(t, lines(d.slack.DMs("dba")), "the outcome")
	})
}

// The message in the direct messages was deleted: it is not posted again in the channel.
func TestARepostDoesNotReachASharedChannelEither(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.sharing()
		d.slack.ShareChannel("#incidents", "T0OTHER")
		dba := d.slack.User("dba")
		d.start()
		d.say("answer", "first", askedBy(dba.ID()))
		d.settle(time.Minute)
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodUpdate, Code: "message_not_found"})
		d.say("answer", "second", askedBy(dba.ID()))
		d.settle(time.Minute)
		public, _ := roots(d.slack.Messages("#incidents"))
		require.Empty(t, public)
		require.Contains(t, lines(d.slack.DMs("dba")), "second")
	})
}

func TestAnIncidentsThreadLeavesASharedChannel(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.sharing()
		d.slack.ShareChannel("#incidents", "T0OTHER")
		system := d.slack.User("system")
		d.config.Divert = func(context.Context, Row) string { return system.ID() }
		var closed []string
		d.config.ChannelClosed = func(_ context.Context, channel, code string) error {
			closed = append(closed, channel+" "+code)
			return nil
		}
		d.start()
		d.say("header", "postgres is down")
		d.say("entry", "the disk is full", replyTo("header"))
		d.settle(time.Minute)
		require.Empty(t, d.slack.Messages("#incidents"))
		dms := d.slack.DMs("system")
		require.Contains(t, lines(dms), "postgres is down")
		require.Contains(t, lines(d.slack.Thread(d.slack.ChannelID("@system"), dms[0].TS)), "the disk is full")
		require.Equal(t, []string{d.channel + " " + CodeShared}, closed, "the system administrator is paged")
		code, err := d.instance.WhyClosed(t.Context(), d.channel)
		require.NoError(t, err)
		require.Equal(t, CodeShared, code)
	})
}

// Who reads along is not known: an answer can go to the person, an alert must be read.
func TestWhereSlackDoesNotSayWhoReadsAlong(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.sharing()
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodInfo, Code: "channel_not_found", N: 1000})
		dba := d.slack.User("dba")
		d.start()
		d.say("header", "postgres is down")
		d.say("answer", "3 pods are ready", askedBy(dba.ID()))
		d.settle(time.Minute)
		public, _ := roots(d.slack.Messages("#incidents"))
		require.Contains(t, lines(public), "postgres is down")
		require.NotContains(t, whole(public), "pods")
		require.Contains(t, whole(d.slack.DMs("dba")), "Slack does not tell me")
	})
}

// Slack fails for a moment: the answer waits, and stands where it was asked for. If Slack goes on failing, it goes to the person.
func TestAnAnswerWaitsALittleForWhoReadsAlong(t *testing.T) {
	for times, inChannel := range map[int]bool{1: true, 1000: false} {
		inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
			d.sharing()
			d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Method: methodInfo, N: times})
			dba := d.slack.User("dba")
			d.start()
			d.say("answer", "3 pods are ready", askedBy(dba.ID()))
			d.say("header", "postgres is down")
			time.Sleep(time.Second)
			require.Contains(t, d.shown(), "postgres is down", "an incident does not wait")
			d.settle(time.Minute)
			public, _ := roots(d.slack.Messages("#incidents"))
			require.Equal(t, inChannel, strings.Contains(whole(public), "pods"))
			require.Equal(t, !inChannel, strings.Contains(whole(d.slack.DMs("dba")), "pods"))
		})
	}
}

func TestWhatTheChannelMayNotReadGoesToThePerson(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		dba := d.slack.User("dba")
		d.start()
		d.say("answer", "the log", askedBy(dba.ID()), func(m *messages.Outbound) { m.Withheld = messages.Literal("not for all of you") })
		d.settle(time.Minute)
		public, _ := roots(d.slack.Messages("#incidents"))
		require.Empty(t, public)
		require.Contains(t, whole(d.slack.DMs("dba")), "not for all of you")
	})
}
