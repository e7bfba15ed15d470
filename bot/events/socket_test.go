package events

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/slacktest"
	"opsbot/bot/surfaces"
	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/slacksim"
)

// listening is a Listener in front of a simulated Slack, on fake time, with a handler that records.
type listening struct {
	slack    *slacktest.Workspace
	config   ListenerConfig
	listener *Listener
	cancel   context.CancelFunc
	ended    chan error

	mu    sync.Mutex
	calls []string
	// block keeps every handler from returning until it is closed.
	block   chan struct{}
	presses []handlers.Action
	command handlers.Command
}

func (l *listening) record(ctx context.Context, format string, args ...any) {
	l.mu.Lock()
	l.calls = append(l.calls, fmt.Sprintf(format, args...))
	block := l.block
	l.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
		}
	}
}

func (l *listening) Command(ctx context.Context, c handlers.Command) {
	l.mu.Lock()
	l.command = c
	l.mu.Unlock()
	l.record(ctx, "command %s %s", c.Name, c.Text)
}

func (l *listening) Action(ctx context.Context, a handlers.Action) {
	l.mu.Lock()
	l.presses = append(l.presses, a)
	l.mu.Unlock()
	l.record(ctx, "action %s %s", a.Name, a.Value)
}

func (l *listening) Mention(ctx context.Context, m handlers.Mention) {
	l.record(ctx, "mention %s", m.Text)
}
func (l *listening) Reaction(ctx context.Context, r handlers.Reaction) {
	l.record(ctx, "reaction of %s on %s/%s", r.User, r.Channel, r.TS)
}
func (l *listening) UserChanged(context.Context, string) {}
func (l *listening) ChannelChanged(ctx context.Context, channel string) {
	l.record(ctx, "channel changed %s", channel)
}

func (l *listening) Shortcut(ctx context.Context, s handlers.Shortcut) {
	l.record(ctx, "shortcut %s of %s on %s/%s", s.Name, s.User, s.Channel, s.TS)
}
func (l *listening) HomeOpened(ctx context.Context, user string) { l.record(ctx, "home %s", user) }
func (l *listening) Submit(ctx context.Context, s handlers.Submission) {
	l.record(ctx, "submit %s %v", s.CallbackID, s.Values)
}

func (l *listening) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

func (l *listening) count(call string) (n int) {
	for _, c := range l.heard() {
		if c == call {
			n++
		}
	}
	return n
}

// memoryDedupe is a Dedupe in memory.
type memoryDedupe struct {
	mu   sync.Mutex
	seen map[string]bool
	err  error
}

func (d *memoryDedupe) Seen(_ context.Context, id string, _ time.Time) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen := d.seen[id]
	d.seen[id] = true
	return seen, d.err
}

func inSocketMode(t *testing.T, o slacksim.Options, test func(t *testing.T, l *listening)) {
	t.Helper()
	slacktest.Run(t, o, func(t *testing.T, w *slacktest.Workspace) {
		l := &listening{slack: w}
		l.config = ListenerConfig{
			Connection: bot.Connection{BotToken: w.BotToken(), AppToken: w.AppToken(), APIURL: w.APIURL(), HTTP: w.HTTP},
			Dialer:     w.Dialer(), Self: bot.Self{UserID: w.BotUser()}, Handler: l, Dedupe: &memoryDedupe{seen: map[string]bool{}},
			Catalogue: slacktest.Catalogue(t), Locale: messages.English, Now: time.Now, Log: zap.NewNop(),
		}
		test(t, l)
		l.stop(t)
	})
}

// start runs the Listener and waits until all its sockets are open.
func (l *listening) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l.listener, l.cancel, l.ended = NewListener(l.config), cancel, make(chan error, 1)
	go func() { l.ended <- l.listener.Run(ctx) }()
	for l.listener.Connected() < l.listener.Sockets {
		time.Sleep(10 * time.Millisecond)
	}
}

func (l *listening) stop(t *testing.T) {
	if l.cancel == nil {
		return
	}
	l.mu.Lock()
	if l.block != nil {
		close(l.block)
		l.block = nil
	}
	l.mu.Unlock()
	l.cancel()
	require.NoError(t, <-l.ended)
	require.Zero(t, l.listener.Connected())
}

func (l *listening) waitFor(t *testing.T, call string) {
	t.Helper()
	for range 1000 {
		if l.count(call) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never heard %q, only %q", call, l.heard())
}

func TestEverythingIsHeard(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.start(t)
		dba := l.slack.User("dba")
		require.NoError(t, dba.Command("#incidents", "/scale user 5"))
		l.waitFor(t, "command /scale user 5")

		root, err := dba.Post("#incidents", "the shop is slow")
		require.NoError(t, err)
		_, err = dba.Mention("#incidents", root.TS, "health user")
		require.NoError(t, err)
		l.waitFor(t, "mention health user")

		_, err = dba.Post("@bot", "whoami")
		require.NoError(t, err)
		l.waitFor(t, "mention whoami")

		require.NoError(t, dba.OpenHome())
		l.waitFor(t, "home "+dba.ID())
		require.Len(t, l.heard(), 4, "each once: %q", l.heard())
	})
}

// However long handlers take, nobody waits for an ack (design: within 100 ms; here no time passes at all).
func TestBlockedHandlersDelayNoAck(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.config.Workers, l.config.Queue = 4, 300
		l.block = make(chan struct{})
		l.start(t)
		dba := l.slack.User("dba")
		started := time.Now()
		for i := range 200 {
			require.NoError(t, dba.Command("#incidents", fmt.Sprint("/scale user ", i)))
		}
		require.Zero(t, time.Since(started), "all acked while four handlers block and the others wait")
		close(l.block)
		l.mu.Lock()
		l.block = nil
		l.mu.Unlock()
		l.waitFor(t, "command /scale user 199")
		require.Len(t, l.heard(), 200)
	})
}

func TestTooMuchWorkIsRefusedAloud(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.config.Workers, l.config.Queue = 1, 1
		l.block = make(chan struct{})
		l.start(t)
		dba := l.slack.User("dba")
		for range 3 {
			require.NoError(t, dba.Command("#incidents", "/scale user 5"))
		}
		_, err := dba.WaitMessage(t.Context(), slacksim.EphemeralTo("dba"), slacksim.Containing("too much to do"))
		require.NoError(t, err)

		press(t, l, dba, "run")
		time.Sleep(time.Second)
		busy := 0
		for _, m := range l.slack.Messages("#incidents") {
			if m.Ephemeral == dba.ID() {
				busy++
			}
		}
		require.Equal(t, 2, busy, "the press is answered as well")

		// A mention is not acknowledged and comes again when there is room.
		l.slack.AllowViolation("missed_ack")
		_, err = dba.Mention("#incidents", "", "health")
		require.NoError(t, err)
		time.Sleep(2 * time.Second)
		close(l.block)
		l.mu.Lock()
		l.block = nil
		l.mu.Unlock()
		l.waitFor(t, "mention health")
		require.Equal(t, 1, l.count("mention health"))
	})
}

// press posts a card with a button as the bot and presses it.
func press(t *testing.T, l *listening, who *slacksim.Actor, name string) error {
	t.Helper()
	button := slack.NewButtonBlockElement(name, "12", slack.NewTextBlockObject(slack.PlainTextType, name, false, false))
	channel, ts, err := l.slack.Client.PostMessage(l.slack.ChannelID("#incidents"),
		slack.MsgOptionText("incident", false), slack.MsgOptionBlocks(slack.NewActionBlock("actions", button)))
	require.NoError(t, err)
	m, ok := l.slack.Message(channel, ts)
	require.True(t, ok)
	return who.Click(m, name)
}

// An API server that does not answer occupies every worker; who acknowledges an incident must not wait for it.
func TestIncidentPressesOvertakeOperations(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.config.Workers = 2
		l.block = make(chan struct{})
		l.start(t)
		dba := l.slack.User("dba")
		for i := range 5 {
			require.NoError(t, dba.Command("#incidents", fmt.Sprint("/scale user ", i)))
		}
		for _, name := range []string{"ack", "escalate"} {
			require.NoError(t, press(t, l, dba, name))
			l.waitFor(t, "action "+name+" 12")
		}
		require.NoError(t, press(t, l, dba, "run"))
		time.Sleep(time.Minute)
		require.Zero(t, l.count("action run 12"), "an operation waits for its turn")
	})
}

func TestPressTellsWhereItWas(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.start(t)
		dba := l.slack.User("dba")
		require.NoError(t, press(t, l, dba, "ack"))
		l.waitFor(t, "action ack 12")
		a := l.presses[0]
		require.Equal(t, dba.ID(), a.User)
		require.Equal(t, l.slack.ChannelID("#incidents"), a.Channel)
		require.NotEmpty(t, a.MessageTS)
		require.NotEmpty(t, a.ResponseURL)
		require.NotEmpty(t, a.TriggerID)
		require.False(t, a.Ephemeral)
	})
}

func TestMissedAckBringsTheEventAgainButNotTwice(t *testing.T) {
	for _, broken := range []error{nil, errors.New("database is locked")} {
		inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
			l.config.Dedupe = &memoryDedupe{seen: map[string]bool{}, err: broken}
			l.start(t)
			_, err := l.slack.User("dba").Mention("#incidents", "", "first")
			require.NoError(t, err)
			l.waitFor(t, "mention first")
			l.slack.SetHalfOpen(true) // what is sent now is never read, and no ack arrives
			_, err = l.slack.User("dba").Mention("#incidents", "", "second")
			require.NoError(t, err)
			time.Sleep(7 * time.Minute) // the deadman finds out; Slack retries after 1 s, 1 min, 5 min
			require.Equal(t, 1, l.count("mention second"))
			require.Equal(t, 2, l.listener.Connected())
		})
	}
}

// Every kind of disconnect, while somebody keeps pressing: what they were told worked was handled once, what they were
// told failed was not handled twice, and afterwards everything works.
func TestDisconnectsWithClicksInTheGap(t *testing.T) {
	kinds := map[string]func(w *slacksim.Workspace){
		"warning":           func(w *slacksim.Workspace) { w.Disconnect("warning") },
		"refresh_requested": func(w *slacksim.Workspace) { w.Disconnect("refresh_requested") },
		"cut":               func(w *slacksim.Workspace) { w.DropSockets() },
		"offline": func(w *slacksim.Workspace) {
			w.SetOffline(true)
			time.AfterFunc(20*time.Second, func() { w.SetOffline(false) })
		},
		"link_disabled": func(w *slacksim.Workspace) {
			w.SetLinkDisabled(true)
			time.AfterFunc(20*time.Second, func() { w.SetLinkDisabled(false) })
		},
		"half open": func(w *slacksim.Workspace) { w.SetHalfOpen(true) },
	}
	for name, disconnect := range kinds {
		for _, bound := range []bool{false, true} { // undocumented in Slack (SF-1.54)
			t.Run(fmt.Sprint(name, ", acks bound to their socket ", bound), func(t *testing.T) {
				inSocketMode(t, slacksim.Options{AcksBoundToSocket: bound}, func(t *testing.T, l *listening) {
					l.slack.AllowViolation("ack_on_other_socket")
					l.start(t)
					dba := l.slack.User("dba")
					told := map[string]bool{}
					for i := range 60 {
						if i == 5 {
							disconnect(l.slack.Workspace)
						}
						text := fmt.Sprint("user ", i)
						told["command /scale "+text] = dba.Command("#incidents", "/scale "+text) == nil
						time.Sleep(time.Second)
					}
					time.Sleep(time.Minute)
					require.Equal(t, 2, l.listener.Connected())
					failures := 0
					for call, worked := range told {
						n := l.count(call)
						require.LessOrEqual(t, n, 1, call)
						if worked {
							require.Equal(t, 1, n, call)
						} else {
							failures++
						}
					}
					require.LessOrEqual(t, failures, 30, "20 s of outage, and at most the half-open link's 30 s or a backoff of 8 s")
					require.NoError(t, dba.Command("#incidents", "/scale user done"))
				})
			})
		}
	}
}

// Slack refreshes sockets one by one; with two of them there is always one to take a press.
func TestNoClickIsLostInRefreshes(t *testing.T) {
	inSocketMode(t, slacksim.Options{ConnectionLifetime: 2 * time.Minute}, func(t *testing.T, l *listening) {
		l.start(t)
		dba := l.slack.User("dba")
		for i := range 1200 {
			require.NoError(t, dba.Command("#incidents", fmt.Sprint("/scale user ", i)))
			time.Sleep(500 * time.Millisecond)
		}
		l.waitFor(t, "command /scale user 1199")
		require.Len(t, l.heard(), 1200)
		require.Greater(t, l.slack.CallCount("apps.connections.open"), 8, "sockets were refreshed")
	})
}

func TestTooManySocketsDoesNotSpin(t *testing.T) {
	inSocketMode(t, slacksim.Options{MaxSockets: 1}, func(t *testing.T, l *listening) {
		l.slack.AllowViolation("too_many_websockets")
		l.config.Sockets = 1
		l.start(t)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		second := NewListener(l.config)
		require.NoError(t, second.Run(ctx))
		require.Zero(t, second.Connected())
		require.Less(t, l.slack.CallCount("apps.connections.open"), 50, "5 min of refusals")
	})
}

func TestWrongAppTokenIsSaid(t *testing.T) {
	for token, code := range map[string]string{"xapp-wrong": "invalid_auth", "": "missing_args", "bot": "not_allowed_token_type"} {
		inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
			l.config.Connection.AppToken = token
			if token == "bot" {
				l.config.Connection.AppToken = l.slack.BotToken()
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			err := NewListener(l.config).Run(ctx)
			require.ErrorContains(t, err, code)
		})
	}
}

func TestOutageOfHoursEndsSoon(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.start(t)
		l.slack.SetOffline(true)
		time.Sleep(3 * time.Hour)
		require.Zero(t, l.listener.Connected())
		l.slack.SetOffline(false)
		started := time.Now()
		for l.listener.Connected() < 2 {
			time.Sleep(100 * time.Millisecond)
		}
		require.Less(t, time.Since(started), 25*time.Second)
	})
}

func TestShutdownLetsHandlersFinish(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.block = make(chan struct{})
		l.start(t)
		require.NoError(t, l.slack.User("dba").Command("#incidents", "/scale user 5"))
		l.waitFor(t, "command /scale user 5")
		l.cancel()
		time.Sleep(time.Second)
		select {
		case <-l.ended:
			t.Fatal("Run returned while a handler was running")
		default:
		}
	})
}

func TestFormErrorsKeepTheFormOpen(t *testing.T) {
	inSocketMode(t, slacksim.Options{}, func(t *testing.T, l *listening) {
		l.config.Validate = func(ctx context.Context, s handlers.Submission) map[string]string {
			switch s.Values["replicas"] {
			case "many":
				return map[string]string{"replicas": "must be a number"}
			case "slow":
				<-ctx.Done()
				time.Sleep(time.Hour)
			}
			return nil
		}
		l.start(t)
		dba := l.slack.User("dba")
		require.NoError(t, press(t, l, dba, "form"))
		l.waitFor(t, "action form 12")
		form := surfaces.Form{CallbackID: "run", Known: k8sops.Args{"service": "user-service"}, Operation: &k8sops.Operation{Meta: k8sops.Meta{Name: "scale"}, Args: []k8sops.Arg{
			{Name: "service", Kind: k8sops.KindWorkload, Required: true}, {Name: "replicas", Kind: k8sops.KindInt, Required: true},
		}}, Choices: map[string][]k8sops.Choice{"service": k8sops.Choices("order-service", "user-service")}}
		forms := &surfaces.Forms{Slack: l.slack.Client, Catalogue: l.config.Catalogue}
		require.NoError(t, forms.Open(t.Context(), l.presses[0].TriggerID, form))
		view, err := dba.WaitModal(t.Context(), "scale")
		require.NoError(t, err)

		var refused slacksim.SubmitError
		require.ErrorAs(t, dba.Submit(view, map[string]string{"replicas": "many"}), &refused)
		require.Equal(t, "must be a number", refused["replicas"])

		started := time.Now()
		require.ErrorAs(t, dba.Submit(view, map[string]string{"replicas": "slow"}), &refused)
		require.Equal(t, validateTimeout, time.Since(started))
		require.Contains(t, refused["replicas"]+refused["service"], "too much to do")

		require.NoError(t, dba.Submit(view, map[string]string{"replicas": "5"}))
		l.waitFor(t, "submit run map[replicas:5 service:user-service]")
		_, open := dba.Modal()
		require.False(t, open)
		time.Sleep(2 * time.Hour) // the slow validation ends
	})
}
