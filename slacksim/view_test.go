package slacksim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", text, false, false)
}

func modal(title string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(title), Submit: plain("Go"), Close: plain("Cancel"), CallbackID: title,
		PrivateMetadata: "meta", NotifyOnClose: true, Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func scaleModal() slack.ModalViewRequest {
	service := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Service"), "service",
		slack.NewOptionBlockObject("user", plain("user-service"), nil), slack.NewOptionBlockObject("order", plain("order-service"), nil))
	return modal("Scale",
		slack.NewInputBlock("b_service", plain("Service"), nil, service),
		slack.NewInputBlock("b_count", plain("Replicas"), nil, slack.NewPlainTextInputBlockElement(nil, "count")))
}

// opened makes the person run a command and the bot open a modal.
func opened(t *testing.T, w *slacksim.Workspace, bot *testBot, view slack.ModalViewRequest) slacksim.View {
	t.Helper()
	dba := w.User("dba")
	require.NoError(t, dba.Command("#ops", "/ops scale"))
	command := bot.next(t, socketmode.EventTypeSlashCommand).Data.(slack.SlashCommand)
	_, err := bot.api.OpenView(command.TriggerID, view)
	require.NoError(t, err)
	v, err := dba.WaitModal(deadline(t), view.Title.Text)
	require.NoError(t, err)
	return v
}

// onSubmit acks submissions with a payload and everything else bare.
func onSubmit(payload any) answer {
	return func(e socketmode.Event) (any, bool) {
		if cb, ok := e.Data.(slack.InteractionCallback); ok && cb.Type == slack.InteractionTypeViewSubmission {
			return payload, true
		}
		return nil, true
	}
}

func TestModalSubmission(t *testing.T) { // SF-3.5, SF-3.8
	skipShort(t)
	fill := map[string]string{"service": "user", "count": "5"}
	for name, c := range map[string]struct {
		answer any
		stack  []string // titles from bottom to top afterwards
		check  func(*testing.T, error)
	}{
		"close":  {nil, nil, func(t *testing.T, err error) { require.NoError(t, err) }},
		"clear":  {slack.NewClearViewSubmissionResponse(), nil, func(t *testing.T, err error) { require.NoError(t, err) }},
		"update": {slack.NewUpdateViewSubmissionResponse(ptr(modal("Confirm", section("Really?")))), []string{"Confirm"}, func(t *testing.T, err error) { require.NoError(t, err) }},
		"push":   {slack.NewPushViewSubmissionResponse(ptr(modal("Confirm", section("Really?")))), []string{"Scale", "Confirm"}, func(t *testing.T, err error) { require.NoError(t, err) }},
		"errors": {slack.NewErrorsViewSubmissionResponse(map[string]string{"b_count": "too many"}), []string{"Scale"}, func(t *testing.T, err error) {
			var refusal slacksim.SubmitError
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, "too many", refusal["b_count"])
		}},
		"errors for no input": {slack.NewErrorsViewSubmissionResponse(map[string]string{"b_other": "x"}), []string{"Scale"}, trouble},
		"nonsense":            {object{"text": "thanks"}, []string{"Scale"}, trouble},
	} {
		t.Run(name, func(t *testing.T) {
			w := slacksim.New(t, slacksim.Options{})
			bot := startBot(t, w, onSubmit(c.answer))
			v := opened(t, w, bot, scaleModal())
			c.check(t, w.User("dba").Submit(v, fill))
			cb := bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
			require.Equal(t, "user", cb.View.State.Values["b_service"]["service"].SelectedOption.Value)
			require.Equal(t, "5", cb.View.State.Values["b_count"]["count"].Value)
			require.Equal(t, "meta", cb.View.PrivateMetadata)
			top, open := w.User("dba").Modal()
			require.Equal(t, len(c.stack) > 0, open)
			if open {
				require.Equal(t, len(c.stack), top.Stack)
				require.Equal(t, c.stack[len(c.stack)-1], top.Title)
			}
			w.AllowViolation("invalid_ack_payload")
		})
	}
}

func trouble(t *testing.T, err error) {
	require.EqualError(t, err, "We had some trouble connecting. Try again?")
}

func ptr[T any](v T) *T { return &v }

func TestRequiredInputsAreCheckedByTheClient(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	v := opened(t, w, bot, scaleModal())
	var refusal slacksim.SubmitError
	require.ErrorAs(t, w.User("dba").Submit(v, map[string]string{"service": "user"}), &refusal)
	require.Contains(t, refusal, "b_count")
	require.Error(t, w.User("dba").Submit(v, map[string]string{"service": "nonsense"}))
}

func TestTriggers(t *testing.T) { // SF-3.1, SF-3.2
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	w.AllowViolation("invalid_blocks: views.open")
	bot := startBot(t, w, nil)
	trigger := func() string {
		require.NoError(t, w.User("dba").Command("#ops", "/ops scale"))
		return bot.next(t, socketmode.EventTypeSlashCommand).Data.(slack.SlashCommand).TriggerID
	}
	id := trigger()
	require.Regexp(t, `^\d+\.\d+\.[0-9a-f]+$`, id)
	_, err := bot.api.OpenView(id, slack.ModalViewRequest{Type: slack.VTModal, Title: plain("x")})
	require.EqualError(t, err, "invalid_arguments", "a refused view leaves the trigger alone")
	_, err = bot.api.OpenView(id, scaleModal())
	require.NoError(t, err)
	_, err = bot.api.OpenView(id, scaleModal())
	require.EqualError(t, err, "exchanged_trigger_id")
	id = trigger()
	clock.Advance(3*time.Second + 1)
	_, err = bot.api.OpenView(id, scaleModal())
	require.EqualError(t, err, "expired_trigger_id")
	_, err = bot.api.OpenView("1.2.abc", scaleModal())
	require.EqualError(t, err, "invalid_trigger_id")
	_, err = bot.api.PushView(trigger(), scaleModal())
	require.EqualError(t, err, "invalid_trigger_id", "push needs a trigger from inside a modal")
}

func TestPushAndUpdate(t *testing.T) { // SF-3.10, SF-3.12
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	button := slack.NewActionBlock("more", slack.NewButtonBlockElement("next", "v", plain("Next")))
	dba := w.User("dba")
	v := opened(t, w, bot, modal("One", button, slack.NewInputBlock("b", plain("Note"), nil, slack.NewPlainTextInputBlockElement(nil, "note"))))
	click := func(v slacksim.View) slack.InteractionCallback {
		require.NoError(t, dba.ClickView(v, "Next"))
		return bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	}
	for _, title := range []string{"Two", "Three"} {
		_, err := bot.api.PushView(click(v).TriggerID, modal(title, button))
		require.NoError(t, err)
		v, err = dba.WaitModal(deadline(t), title)
		require.NoError(t, err)
	}
	require.Equal(t, 3, v.Stack)
	_, err := bot.api.PushView(click(v).TriggerID, modal("Four", button))
	require.EqualError(t, err, "push_limit_reached")

	_, err = bot.api.UpdateView(modal("Renamed", button), "", "stale", v.ID)
	require.EqualError(t, err, "hash_conflict")
	_, err = bot.api.UpdateView(modal("Renamed", button), "", v.Hash, v.ID)
	require.NoError(t, err)
	v, err = dba.WaitModal(deadline(t), "Renamed")
	require.NoError(t, err)

	require.NoError(t, dba.CloseView(v, false))
	closed := bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	require.Equal(t, slack.InteractionTypeViewClosed, closed.Type)
	require.False(t, closed.IsCleared)
	v, err = dba.WaitModal(deadline(t), "Two")
	require.NoError(t, err)
	require.NoError(t, dba.CloseView(v, true))
	closed = bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	require.True(t, closed.IsCleared)
	require.Equal(t, "One", closed.View.CallbackID)
	_, open := dba.Modal()
	require.False(t, open)
}

func TestHomeTab(t *testing.T) { // SF-3.11, SF-3.13, SF-8.11
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	dba := w.User("dba")
	require.NoError(t, dba.OpenHome())
	event := nextInner[*slackevents.AppHomeOpenedEvent](t, bot)
	require.Equal(t, "home", event.Tab)
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		section("All quiet"), slack.NewActionBlock("a", slack.NewButtonBlockElement("refresh", "", plain("Refresh"))),
	}}}
	_, err := bot.api.PublishView(event.User, home, "")
	require.NoError(t, err)
	v, err := dba.WaitHome(deadline(t), "All quiet")
	require.NoError(t, err)
	require.NoError(t, dba.ClickView(v, "refresh"))
	cb := bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	require.Equal(t, slack.ViewType("home"), cb.View.Type)
	require.Empty(t, cb.ResponseURL)
	_, err = bot.api.PushView(cb.TriggerID, scaleModal())
	require.EqualError(t, err, "invalid_arguments")
	_, err = bot.api.OpenView(cb.TriggerID, scaleModal())
	require.NoError(t, err)
}

func TestHomeTabMustBeEnabled(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{Manifest: manifestWith(t, func(m object) { delete(m["features"].(object), "app_home") })})
	_, err := client(w).PublishView(w.User("dba").ID(), slack.HomeTabViewRequest{Type: slack.VTHomeTab}, "")
	require.EqualError(t, err, "not_enabled")
	require.Error(t, w.User("dba").OpenHome())
}

func TestButtonsOnMessages(t *testing.T) { // SF-3.3
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	severity := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Severity"), "severity",
		slack.NewOptionBlockObject("1", plain("SEV1"), nil), slack.NewOptionBlockObject("2", plain("SEV2"), nil))
	_, ts, err := bot.api.PostMessage(w.ChannelID("#incidents"), slack.MsgOptionText("alert", false), slack.MsgOptionBlocks(
		section("disk full"), slack.NewActionBlock("", slack.NewButtonBlockElement("ack", "inc-1", plain("Acknowledge")), severity)))
	require.NoError(t, err)
	m, err := w.WaitMessage(deadline(t), slacksim.Containing("disk full"))
	require.NoError(t, err)
	require.Equal(t, "Acknowledge", m.Buttons()[0].Label)
	require.NotEmpty(t, m.Buttons()[0].BlockID, "Slack fills in block ids")
	dba := w.User("dba")

	require.NoError(t, dba.Select(m, "severity", "SEV2"))
	cb := bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	require.Equal(t, "2", cb.ActionCallback.BlockActions[0].SelectedOption.Value)

	require.NoError(t, dba.Click(m, "Acknowledge"))
	cb = bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	require.Equal(t, slack.InteractionTypeBlockActions, cb.Type)
	require.Equal(t, "inc-1", cb.ActionCallback.BlockActions[0].Value)
	require.Equal(t, ts, cb.Container.MessageTs)
	require.Equal(t, ts, cb.Message.Timestamp)
	require.Equal(t, dba.ID(), cb.User.ID)
	require.Equal(t, "2", cb.BlockActionState.Values[cb.ActionCallback.BlockActions[0].BlockID]["severity"].SelectedOption.Value)
	_, _, err = bot.api.PostMessage("", slack.MsgOptionReplaceOriginal(cb.ResponseURL), slack.MsgOptionText("acknowledged", false))
	require.NoError(t, err)
	require.Equal(t, "acknowledged", w.Messages("#incidents")[0].Text())
	require.ErrorContains(t, dba.Click(m, "Acknowledge"), "nothing to press")
}

func TestExternalSelect(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	options := object{"options": []object{{"text": plain("user-service"), "value": "user"}}}
	bot := startBot(t, w, func(e socketmode.Event) (any, bool) {
		if cb, ok := e.Data.(slack.InteractionCallback); ok && cb.Type == slack.InteractionTypeBlockSuggestion {
			return options, true
		}
		return nil, true
	})
	service := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Service"), "service")
	v := opened(t, w, bot, modal("Pick", slack.NewInputBlock("b", plain("Service"), nil, service)))
	raw, err := w.User("dba").Options(v, "service", "us")
	require.NoError(t, err)
	var got struct{ Options []struct{ Value string } }
	require.NoError(t, json.Unmarshal(raw, &got))
	require.Equal(t, "user", got.Options[0].Value)
	require.NoError(t, w.User("dba").Submit(v, map[string]string{"service": "user"}))
}

func TestShortcuts(t *testing.T) { // SF-3.7
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	dba := w.User("dba")
	require.NoError(t, dba.Shortcut("new_incident"))
	cb := bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	require.Equal(t, slack.InteractionTypeShortcut, cb.Type)
	require.Empty(t, cb.ResponseURL)
	m, err := dba.Post("#ops", "this looks bad")
	require.NoError(t, err)
	require.NoError(t, dba.MessageShortcut(m, "open_incident"))
	cb = bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	require.Equal(t, slack.InteractionTypeMessageAction, cb.Type)
	require.Equal(t, m.TS, cb.Message.Timestamp)
	require.Error(t, dba.Shortcut("unheard_of"))
	require.Error(t, dba.Shortcut("open_incident"))
}
