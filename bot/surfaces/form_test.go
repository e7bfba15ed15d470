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
		CallbackID: "run", Metadata: "{}", Locale: messages.English, Choices: map[string][]k8sops.Choice{"service": k8sops.Choices("order-service", "user-service")},
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
	require.Equal(t, k8sops.Choices("all", "order-service", "user-service"), choices(form, form.Operation.Args[0]))
	require.Empty(t, choices(form, form.Operation.Args[1]))
}

// Forms with more than a menu can hold, and with long names, are still accepted by Slack.
func TestLargeFormIsAccepted(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		form := scaleForm()
		form.Operation.Name = "a name that is longer than a modal's title may be"
		form.Choices = map[string][]k8sops.Choice{}
		for range 150 {
			form.Choices["service"] = append(form.Choices["service"], k8sops.Choice{Value: "some-service"})
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

// Each kind of argument has an input that Slack accepts; what depends on a choice is listed anew while the form is open.
func TestEveryKindOfArgumentHasAnInput(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		arg := func(name string, kind k8sops.ArgKind) k8sops.Arg { return k8sops.Arg{Name: name, Kind: kind} }
		revision := arg("revision", k8sops.KindInt)
		revision.OfferNeeds = "service"
		image := arg("image", k8sops.KindString)
		image.OfferMore = true
		note := arg("note", k8sops.KindString)
		note.Multiline = true
		key := arg("key", k8sops.KindSecret)
		key.Multiline = true
		form := Form{
			CallbackID: "run", Metadata: "{}", Locale: messages.Chinese,
			Known:   k8sops.Args{"service": "user-service", "key": k8sops.Typed},
			Choices: map[string][]k8sops.Choice{"service": k8sops.Choices("user-service"), "image": k8sops.Choices("user:1", "user:2")},
			Operation: &k8sops.Operation{Meta: k8sops.Meta{Name: "everything"}, Args: []k8sops.Arg{
				arg("service", k8sops.KindWorkload), revision, image, note, key, arg("password", k8sops.KindSecret), arg("at", k8sops.KindTime),
				arg("memory", k8sops.KindQuantity), arg("person", k8sops.KindPerson), arg("dry", k8sops.KindBool), arg("for", k8sops.KindDuration),
			}},
		}
		forms := &Forms{Slack: w.Client, Catalogue: slacktest.Catalogue(t)}
		require.NoError(t, forms.Open(t.Context(), trigger(t, w), form))
		view, open := w.User("dba").Modal()
		require.True(t, open)
		blocks := string(view.Blocks)
		for _, part := range []string{`"datetimepicker"`, `"users_select"`, `"multiline":true`, `"dispatch_action":true`, "曾用过：user:1, user:2", "不会出现在任何消息、记录或日志里"} {
			require.Contains(t, blocks, part)
		}
		require.NotContains(t, blocks, k8sops.Typed+`"`, "a secret is never filled in")

		form.Choices["revision"] = []k8sops.Choice{{Value: "3", Label: messages.Literal("3: user:1")}}
		require.ErrorContains(t, forms.Update(t.Context(), view.ID, "stale", form), "hash_conflict")
		require.NoError(t, forms.Update(t.Context(), view.ID, "", form))
		view, _ = w.User("dba").Modal()
		require.Contains(t, string(view.Blocks), "3: user:1")
	})
}
