package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/render"
	"opsbot/bot/slacktest"
	"opsbot/messages"
	"opsbot/slacksim"
)

// delivery is an outbox and a Deliverer in front of a simulated Slack, on fake time.
type delivery struct {
	t        *testing.T
	slack    *slacktest.Workspace
	outbox   *memoryOutbox
	config   Config
	channel  string // #incidents
	instance *Worker
	cancel   context.CancelFunc
	ended    chan error

	mu       sync.Mutex
	outcomes []string
}

// inSlack runs a test against a workspace inside a bubble of fake time; violations fail it.
func inSlack(t *testing.T, o slacksim.Options, test func(t *testing.T, d *delivery)) {
	t.Helper()
	slacktest.Run(t, o, func(t *testing.T, w *slacktest.Workspace) {
		who := w.Identity(t)
		d := &delivery{t: t, slack: w, outbox: newMemoryOutbox(time.Now), channel: w.ChannelID("#incidents")}
		d.config = Config{
			Slack: w.Client, HTTP: w.HTTP, Outbox: d.outbox, Renderer: &render.Renderer{Catalogue: slacktest.Catalogue(t), Locale: messages.English},
			Self: bot.Self{UserID: who.UserID, BotID: who.BotID, TeamID: who.TeamID}, Page: d.page, Now: time.Now, Log: zap.NewNop(),
		}
		test(t, d)
		d.stop()
	})
}

func (d *delivery) page(_ context.Context, id string, delivered bool, cause error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.outcomes = append(d.outcomes, fmt.Sprintf("%s %v %v", id, delivered, cause != nil))
	return nil
}

func (d *delivery) pages() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.outcomes...)
}

// start runs a new Deliverer, as after a restart of the process.
func (d *delivery) start() {
	ctx, cancel := context.WithCancel(d.t.Context())
	instance := New(d.config)
	ended := make(chan error, 1)
	d.instance, d.cancel, d.ended = instance, cancel, ended
	d.outbox.mu.Lock()
	d.outbox.wake = instance.Wake
	d.outbox.mu.Unlock()
	go func() { ended <- instance.Run(ctx) }()
}

func (d *delivery) stop() {
	if d.cancel == nil {
		return
	}
	d.cancel()
	if err := <-d.ended; !errors.Is(err, context.Canceled) {
		d.t.Errorf("Run ended with %v", err)
	}
	d.cancel = nil
}

// settle lets fake time pass until everything is sent or given up.
func (d *delivery) settle(limit time.Duration) time.Duration {
	d.t.Helper()
	start := time.Now()
	for !d.outbox.settled() {
		if time.Since(start) > limit {
			d.t.Fatalf("not everything is sent after %v", limit)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(start)
}

// say puts a message with one line of text.
func (d *delivery) say(key, text string, change ...func(*messages.Outbound)) {
	m := messages.Outbound{Key: key, Lane: messages.LaneEntry, Channel: d.channel, Card: messages.Card{Title: messages.Literal(text)}}
	for _, c := range change {
		c(&m)
	}
	d.outbox.put(m)
}

func lane(l messages.Lane) func(*messages.Outbound) { return func(m *messages.Outbound) { m.Lane = l } }
func replyTo(key string) func(*messages.Outbound) {
	return func(m *messages.Outbound) { m.ReplyTo, m.Channel = key, "" }
}
func to(channel string) func(*messages.Outbound) {
	return func(m *messages.Outbound) { m.Channel = channel }
}
func asPage(id string) func(*messages.Outbound) {
	return func(m *messages.Outbound) { m.PageID, m.Lane = id, messages.LanePage }
}
func file(name, content string) func(*messages.Outbound) {
	return func(m *messages.Outbound) {
		m.Card.Files = append(m.Card.Files, messages.File{Name: name, Title: messages.Literal(name), Content: []byte(content)})
	}
}

// lines are the first lines of the bot's messages in a channel, oldest first.
func lines(list []slacksim.Message) (out []string) {
	for _, m := range list {
		if len(m.Files) == 0 {
			out = append(out, strings.TrimSpace(m.Plain))
		}
	}
	return out
}

func (d *delivery) shown() []string { return lines(d.slack.Messages("#incidents")) }

func TestMessageGoesOutAtOnce(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		time.Sleep(time.Minute) // idle
		started := time.Now()
		d.say("a", "disk is full")
		m, err := d.slack.WaitMessage(t.Context(), slacksim.In("#incidents"), slacksim.Containing("disk is full"))
		require.NoError(t, err)
		require.Zero(t, time.Since(started), "a woken row waits for nothing")
		d.settle(time.Second)
		require.Equal(t, m.TS, d.outbox.row("a").TS)
		require.Equal(t, d.channel, d.outbox.row("a").PostedChannel)
	})
}

func TestThreadKeepsItsOrder(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		for i := range 8 { // replies are wanted before their root is
			d.say(fmt.Sprint("entry/", i), fmt.Sprint("entry ", i), replyTo("root"))
		}
		d.say("root", "incident", lane(messages.LaneHeader))
		d.start()
		d.settle(20 * time.Second)
		require.Equal(t, []string{"incident"}, d.shown())
		want := []string{}
		for i := range 8 {
			want = append(want, fmt.Sprint("entry ", i))
		}
		require.Equal(t, want, lines(d.slack.Thread("#incidents", d.outbox.row("root").TS)))
	})
}

// What Slack did with a request is unknown, in every way there is; the message must stand there exactly once.
func TestUnknownOutcomeGivesOneMessage(t *testing.T) {
	faults := map[string]slacksim.Fault{
		"accepted, then cut":   {Kind: slacksim.FaultAcceptThenTimeout, Method: methodPost},
		"accepted, too slow":   {Kind: slacksim.FaultDelay, Method: methodPost, After: 25 * time.Second},
		"refused with 500":     {Kind: slacksim.FaultServerError, Method: methodPost, N: 3},
		"maybe internal error": {Kind: slacksim.FaultError, Method: methodPost, Code: "internal_error"},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
				dba := d.slack.User("dba")
				d.start()
				d.slack.Inject(fault)
				d.say("channel", "in the channel", asPage("1/1"))
				d.settle(2 * time.Minute)
				require.Equal(t, []string{"in the channel"}, d.shown())

				d.slack.Inject(fault)
				d.say("reply", "in the thread", replyTo("channel"))
				d.settle(2 * time.Minute)
				require.Equal(t, []string{"in the thread"}, lines(d.slack.Thread("#incidents", d.outbox.row("channel").TS)))

				d.slack.Inject(fault)
				d.say("dm", "in private", to(dba.ID()), asPage("1/2"))
				d.settle(2 * time.Minute)
				require.Equal(t, []string{"in private"}, lines(d.slack.DMs("dba")))
				require.True(t, strings.HasPrefix(d.outbox.row("dm").PostedChannel, "D"))
				require.Equal(t, []string{"1/1 true false", "1/2 true false"}, d.pages())
			})
		})
	}
}

func TestRestartWithMessageInFlight(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.say("a", "posted, then killed", asPage("1/1"))
		d.say("b", "killed before the post")
		row := d.outbox.row("a")
		_, ts, err := d.config.Slack.PostMessage(d.channel, slack.MsgOptionText("posted, then killed", false), slack.MsgOptionMetadata(metadataOf(row)))
		require.NoError(t, err)
		require.NoError(t, d.outbox.Begin(t.Context(), row.ID, row.Version, time.Now()))
		require.NoError(t, d.outbox.Begin(t.Context(), d.outbox.row("b").ID, 1, time.Now()))
		time.Sleep(time.Hour)

		d.start()
		d.settle(time.Minute)
		require.Equal(t, []string{"posted, then killed", "killed before the post"}, d.shown())
		require.Equal(t, ts, d.outbox.row("a").TS)
		require.Equal(t, []string{"1/1 true false"}, d.pages())
	})
}

func TestShutdownFinishesWhatIsOnItsWay(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultDelay, Method: methodPost, After: 3 * time.Second})
		d.start()
		d.say("a", "slow")
		time.Sleep(time.Second)
		d.stop()
		require.True(t, d.outbox.settled(), "the answer was waited for and recorded")
	})
}

func TestStoreOutageAfterPosting(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultDelay, Method: methodPost, After: time.Second})
		d.start()
		d.say("a", "once", asPage("1/1"))
		time.Sleep(500 * time.Millisecond)
		d.outbox.setBroken(true) // the post is on its way
		time.Sleep(time.Minute)
		d.stop() // killed without having recorded anything
		d.outbox.setBroken(false)
		d.start()
		d.settle(time.Minute)
		require.Equal(t, []string{"once"}, d.shown())
	})
}

func TestOfflineThenConverges(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		d.slack.SetOffline(true)
		want := []string{}
		for i := range 12 {
			d.say(fmt.Sprint("m/", i), fmt.Sprint("message ", i))
			want = append(want, fmt.Sprint("message ", i))
			time.Sleep(7 * time.Second)
		}
		require.Empty(t, d.shown())
		d.slack.SetOffline(false)
		took := d.settle(time.Minute)
		require.Equal(t, want, d.shown())
		require.Less(t, took, backoffMax*6/5+15*time.Second, "a backoff and a second per message")
	})
}

// slowBegin takes its time to store that the message of a channel is on its way, as a busy database does.
type slowBegin struct {
	*memoryOutbox
	channel string
}

func (o slowBegin) channelOf(id int64) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, row := range o.rows {
		if row.ID == id {
			return row.Channel
		}
	}
	return ""
}

func (o slowBegin) Begin(ctx context.Context, id, version int64, at time.Time) error {
	if o.channelOf(id) == o.channel {
		time.Sleep(2 * time.Second)
	}
	return o.memoryOutbox.Begin(ctx, id, version, at)
}

// Slack says Retry-After to one post while another, allowed before, is not yet on its way.
func TestRetryAfterHoldsBackWhatWasAllowedBefore(t *testing.T) {
	inSlack(t, slacksim.Options{Channels: []slacksim.ChannelSpec{{Name: "incidents"}, {Name: "ops"}}}, func(t *testing.T, d *delivery) {
		d.config.Outbox = slowBegin{d.outbox, d.slack.ChannelID("#ops")}
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultRateLimit, Method: methodPost, After: 5 * time.Second})
		d.start()
		d.say("slow", "in ops", to(d.slack.ChannelID("#ops")))
		d.say("limited", "in incidents")
		d.settle(time.Minute)
		require.Equal(t, []string{"in ops"}, lines(d.slack.Messages("#ops")))
		require.Equal(t, []string{"in incidents"}, lines(d.slack.Messages("#incidents")))
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		d.say("header", "one", lane(messages.LaneHeader))
		d.settle(time.Second)
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultRateLimit, Method: methodPost, After: 20 * time.Second})
		d.say("a", "first")
		time.Sleep(time.Second)
		d.say("b", "second", to(d.slack.ChannelID("#ops")))
		d.say("header", "two", lane(messages.LaneHeader))
		time.Sleep(4 * time.Second)
		require.Equal(t, []string{"two"}, d.shown(), "edits are another method (SF-5.2)")
		require.Empty(t, d.slack.Messages("#ops"))
		took := d.settle(time.Minute)
		require.Greater(t, took, 14*time.Second)
		require.Equal(t, []string{"two", "first"}, d.shown())
	})
}

// One message per second and channel, no bursts: pages overtake a storm of entries, and nothing is refused.
func TestPagesOvertakeAStorm(t *testing.T) {
	inSlack(t, slacksim.Options{RateLimit: slacksim.RateStrict}, func(t *testing.T, d *delivery) {
		d.config.ChannelBurst = 1
		d.start()
		for i := range 300 {
			d.say(fmt.Sprint("entry/", i), fmt.Sprint("entry ", i))
		}
		time.Sleep(3 * time.Second)
		d.say("page", "wake up", asPage("1/1"))
		d.say("dm", "wake up too", to(d.slack.User("dba").ID()), asPage("1/2"))
		started := time.Now()
		for len(d.pages()) < 2 {
			time.Sleep(10 * time.Millisecond)
		}
		require.Less(t, time.Since(started), 2*time.Second)
		d.settle(10 * time.Minute)
		require.Len(t, d.shown(), 301)
	})
}

// A full batch of rows for one busy channel must not hide what another channel wants.
func TestBusyChannelDoesNotHideOthers(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		for i := range 3 * dueBatch {
			d.say(fmt.Sprint("entry/", i), fmt.Sprint("entry ", i))
		}
		d.say("other", "elsewhere", to(d.slack.ChannelID("#ops")))
		d.start()
		started := time.Now()
		_, err := d.slack.WaitMessage(t.Context(), slacksim.In("#ops"), slacksim.Containing("elsewhere"))
		require.NoError(t, err)
		require.Less(t, time.Since(started), 5*time.Second)
	})
}

func TestEditsAreCoalesced(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		for i := range 100 {
			d.say("progress", fmt.Sprint("step ", i), lane(messages.LaneUpdate))
			time.Sleep(50 * time.Millisecond)
		}
		d.settle(3 * time.Second)
		require.Equal(t, []string{"step 99"}, d.shown())
		calls := d.slack.CallCount(methodUpdate)
		require.LessOrEqual(t, calls, 7, "5 s at one edit per 1.2 s, and one at once")
		require.GreaterOrEqual(t, calls, 4, "progress is shown")
	})
}

func TestArchivedChannelIsDiverted(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		ops := d.slack.ChannelID("#ops")
		d.config.Divert = func(context.Context, Row) string { return ops }
		d.start()
		d.say("root", "incident", lane(messages.LaneHeader))
		d.settle(time.Second)
		require.NoError(t, d.config.Slack.ArchiveConversation(d.channel))

		d.say("root", "incident is worse", lane(messages.LaneHeader))
		d.settle(time.Minute)
		d.say("entry", "what happened", replyTo("root"))
		d.settle(time.Minute)
		list := d.slack.Messages("#ops")
		require.Equal(t, []string{"incident is worse"}, lines(list))
		require.Contains(t, list[0].Text(), "Meant for")
		require.Equal(t, []string{"what happened"}, lines(d.slack.Thread("#ops", list[0].TS)), "the thread follows its root")
		require.Empty(t, d.outbox.failedRows())
	})
}

func TestPageThatCannotBeDeliveredIsReported(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.config.Divert = func(context.Context, Row) string { return d.slack.ChannelID("#ops") }
		d.start()
		d.say("dm", "wake up", to("U0NOBODY"), asPage("7/1"))
		d.settle(time.Minute)
		require.Equal(t, []string{"7/1 false true"}, d.pages())
		require.Empty(t, d.slack.Messages("#ops"), "a page for one person is nothing for a channel")
	})
}

func TestDeletedMessageIsPostedAnew(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		d.say("header", "one")
		d.settle(time.Second)
		_, _, err := d.config.Slack.DeleteMessage(d.channel, d.outbox.row("header").TS)
		require.NoError(t, err)
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultAcceptThenTimeout, Method: methodPost})
		d.say("header", "two")
		d.settle(time.Minute)
		require.Equal(t, []string{"two"}, d.shown())
	})
}

func TestRefusedBlocksArePostedAsText(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "invalid_blocks"})
		d.start()
		d.say("a", "report", func(m *messages.Outbound) {
			m.Card.Facts = []messages.Fact{{Label: messages.Literal("disk"), Value: messages.Literal("<95 %>")}}
		})
		d.settle(time.Minute)
		text := d.shown()[0]
		require.Contains(t, text, "report")
		require.Contains(t, text, "&lt;95 %&gt;")
	})
}

func TestChannelIsJoinedWhereNeeded(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		general := d.slack.ChannelID("#general")
		d.slack.Inject(slacksim.Fault{Kind: slacksim.FaultError, Method: methodPost, Code: "not_in_channel"})
		d.start()
		d.say("a", "hello", to(general))
		d.settle(time.Minute)
		require.Contains(t, lines(d.slack.Messages("#general")), "hello")
		require.Equal(t, 1, d.slack.CallCount(methodJoin))
	})
}

func TestExpiredMessageIsNotSent(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.slack.SetOffline(true)
		d.start()
		d.say("a", "within a minute or never", asPage("1/1"), func(m *messages.Outbound) { m.NotAfter = time.Now().Add(time.Minute) })
		time.Sleep(2 * time.Minute)
		d.slack.SetOffline(false)
		d.settle(time.Minute)
		require.Empty(t, d.shown())
		require.Equal(t, []string{"a"}, d.outbox.failedRows())
		require.Equal(t, []string{"1/1 false true"}, d.pages())
	})
}

// Two messages of a thread may have files of one name and length, and a file may change in place.
func TestFilesAreToldApartByTheirContent(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		d.start()
		d.say("root", "an incident")
		d.say("a", "first list", replyTo("root"), file("list.txt", "one"))
		d.say("b", "second list", replyTo("root"), file("list.txt", "two"))
		d.settle(time.Minute)
		d.say("a", "first list, changed", replyTo("root"), file("list.txt", "six"))
		d.settle(time.Minute)
		var contents []string
		for _, m := range d.slack.Thread("#incidents", d.outbox.row("root").TS) {
			for _, f := range m.Files {
				require.Regexp(t, `^list-[0-9a-f]{8}\.txt$`, f.Name)
				contents = append(contents, string(f.Content))
			}
		}
		require.Equal(t, []string{"one", "two", "six"}, contents)
	})
}

func TestFilesGoIntoTheThreadOnce(t *testing.T) {
	faults := map[string]slacksim.Fault{
		"all well":         {Kind: slacksim.FaultDelay, Method: methodPost},
		"post unknown":     {Kind: slacksim.FaultAcceptThenTimeout, Method: methodPost},
		"upload unknown":   {Kind: slacksim.FaultAcceptThenTimeout, Method: methodUploadDone},
		"upload throttled": {Kind: slacksim.FaultRateLimit, Method: methodUploadURL, After: 5 * time.Second},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
				d.slack.Inject(fault)
				d.start()
				d.say("logs", "logs of user-service", file("user.log", "line 1\nline 2\n"), file("order.log", "line\n"))
				d.settle(2 * time.Minute)
				d.say("logs", "logs of user-service, again", file("user.log", "line 1\nline 2\n"), file("order.log", "line\n"))
				d.settle(2 * time.Minute)
				require.Equal(t, []string{"logs of user-service, again"}, d.shown())
				var names []string
				for _, m := range d.slack.Thread("#incidents", d.outbox.row("logs").TS) {
					for _, f := range m.Files {
						names = append(names, f.Title)
					}
				}
				require.ElementsMatch(t, []string{"user.log", "order.log"}, names)
			})
		})
	}
}

func TestWrongTokenLosesNothing(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		good := d.config.Slack
		d.config.Slack = bot.Connection{BotToken: "xoxb-revoked", APIURL: d.slack.APIURL(), HTTP: d.config.HTTP}.Client()
		d.start()
		d.say("a", "kept", asPage("1/1"))
		time.Sleep(5 * time.Minute)
		require.Equal(t, []string{"1/1 false true"}, d.pages(), "the ledger moves on at once, and is told once")
		d.stop()
		d.config.Slack = good
		d.start()
		d.settle(time.Minute)
		require.Equal(t, []string{"kept"}, d.shown())
	})
}
