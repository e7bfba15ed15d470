package surfaces

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/events"
	"opsbot/bot/slacktest"
	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/slacksim"
)

func scaleForm() Form {
	return Form{
		CallbackID: "run", Metadata: "{}", Locale: messages.English, Choices: map[string][]string{"service": {"order-service", "user-service"}},
		Known: k8sops.Args{"service": "user-service"},
		Operation: &k8sops.Operation{Meta: k8sops.Meta{Name: "scale", Summary: messages.Literal("Change the number of replicas")}, Args: []k8sops.Arg{
			{Name: "service", Kind: k8sops.KindWorkload, Required: true, AllowAll: true, Summary: messages.Literal("what to scale")},
			{Name: "replicas", Kind: k8sops.KindInt, Required: true},
		}},
	}
}

func TestFormOffersChoicesAndFillsIn(t *testing.T) {
	view := (&Forms{Catalogue: slacktest.Catalogue(t)}).view(scaleForm())
	require.Equal(t, "scale", view.Title.Text)
	require.Len(t, view.Blocks.BlockSet, 3)
	form := scaleForm()
	require.Equal(t, []string{"all", "order-service", "user-service"}, choices(form, form.Operation.Args[0]))
	require.Nil(t, choices(form, form.Operation.Args[1]))
}

// Forms with more than a menu can hold, and with long names, are still accepted by Slack.
func TestLargeFormIsAccepted(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		form := scaleForm()
		form.Operation.Name = "a name that is longer than a modal's title may be"
		form.Choices = map[string][]string{}
		for range 150 {
			form.Choices["service"] = append(form.Choices["service"], "some-service")
		}
		forms := &Forms{Slack: w.Client, Catalogue: slacktest.Catalogue(t)}
		require.NoError(t, forms.Open(t.Context(), trigger(t, w), form))
	})
}

// pressed hands on the presses of buttons.
type pressed struct {
	events.Handler
	actions chan handlers.Action
}

func (p pressed) Action(_ context.Context, a handlers.Action) { p.actions <- a }

// trigger is that of a button which a person has just pressed.
func trigger(t *testing.T, w *slacktest.Workspace) string {
	t.Helper()
	p := pressed{actions: make(chan handlers.Action, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	listener := events.NewListener(events.ListenerConfig{
		Connection: bot.Connection{BotToken: w.BotToken(), AppToken: w.AppToken(), APIURL: w.APIURL(), HTTP: w.HTTP},
		Dialer:     w.Dialer(), Handler: p, Now: time.Now, Log: zap.NewNop(),
	})
	ended := make(chan error, 1)
	go func() { ended <- listener.Run(ctx) }()
	for listener.Connected() < listener.Sockets {
		time.Sleep(10 * time.Millisecond)
	}
	button := slack.NewButtonBlockElement("ack", "12", slack.NewTextBlockObject(slack.PlainTextType, "ack", false, false))
	channel, ts, err := w.Client.PostMessage(w.ChannelID("#incidents"), slack.MsgOptionText("incident", false), slack.MsgOptionBlocks(slack.NewActionBlock("actions", button)))
	require.NoError(t, err)
	m, ok := w.Message(channel, ts)
	require.True(t, ok)
	require.NoError(t, w.User("dba").Click(m, "ack"))
	id := (<-p.actions).TriggerID
	cancel()
	require.NoError(t, <-ended)
	return id
}
