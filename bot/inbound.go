package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"opsbot/escalation/cards"
	"opsbot/handlers"
)

// Handler is what happens with inbound things. Each call runs on a worker of its own; the envelope is acknowledged already.
type Handler interface {
	Command(ctx context.Context, c handlers.Command)
	Action(ctx context.Context, a handlers.Action)
	Mention(ctx context.Context, m handlers.Mention)
	HomeOpened(ctx context.Context, user string)
	Submit(ctx context.Context, s handlers.Submission)
	Reaction(ctx context.Context, r handlers.Reaction)
	Shortcut(ctx context.Context, s handlers.Shortcut)
}

// inbound is one decoded envelope: at most one of its fields is set; none for what the bot has no use for.
type inbound struct {
	// eventID is set for events, which Slack delivers again (SF-1.40).
	eventID string

	command    *handlers.Command
	actions    []handlers.Action
	mention    *handlers.Mention
	homeUser   string
	submission *handlers.Submission
	reaction   *handlers.Reaction
	shortcut   *handlers.Shortcut
	// blocks are the input blocks of the submission's view, where an error can be shown (SF-3.8).
	blocks []string
}

func (in inbound) empty() bool {
	return in.command == nil && len(in.actions) == 0 && in.mention == nil && in.homeUser == "" && in.submission == nil &&
		in.reaction == nil && in.shortcut == nil
}

// isIncidentPress picks the presses by which people take care of an incident. They only write down what was decided, so
// they are quick, and they must not wait behind operations on a cluster that does not answer.
func (in inbound) isIncidentPress() bool {
	return len(in.actions) > 0 && !slices.ContainsFunc(in.actions, func(a handlers.Action) bool {
		switch a.Name {
		case cards.ActionAck, cards.ActionEscalate, cards.ActionAssign, cards.ActionDiagnosed, cards.ActionWorking,
			cards.ActionResolve, cards.ActionReopen:
			return false
		}
		return true
	})
}

// responseURL is where an answer works whatever happens; "" for events and submissions.
func (in inbound) responseURL() string {
	switch {
	case in.command != nil:
		return in.command.ResponseURL
	case len(in.actions) > 0:
		return in.actions[0].ResponseURL
	case in.shortcut != nil:
		return in.shortcut.ResponseURL
	}
	return ""
}

// Envelope types (SF-1.20).
const (
	envelopeEvents      = "events_api"
	envelopeCommand     = "slash_commands"
	envelopeInteractive = "interactive"
)

// decoder reads payloads by itself and not through slack-go's types: those refuse a whole click when some block of the
// message around it is unknown or odd (SF-9.2), and a click must not be lost over that.
type decoder struct {
	self Self
	now  func() time.Time
}

// decode reads the payload of an envelope. An empty inbound without an error is something to ignore.
func (d decoder) decode(envelope string, payload json.RawMessage) (inbound, error) {
	switch envelope {
	case envelopeCommand:
		return d.command(payload)
	case envelopeInteractive:
		return d.interaction(payload)
	case envelopeEvents:
		return d.event(payload)
	}
	return inbound{}, fmt.Errorf("unknown envelope type %q", envelope)
}

type commandPayload struct {
	Command     string `json:"command"`
	Text        string `json:"text"`
	UserID      string `json:"user_id"`
	ChannelID   string `json:"channel_id"`
	ResponseURL string `json:"response_url"`
	TriggerID   string `json:"trigger_id"`
}

func (d decoder) command(payload json.RawMessage) (inbound, error) {
	var p commandPayload
	if err := json.Unmarshal(payload, &p); err != nil {
		return inbound{}, fmt.Errorf("decode slash command: %w", err)
	}
	if p.Command == "" || p.UserID == "" || p.ChannelID == "" || p.TriggerID == "" {
		return inbound{}, errors.New("slash command lacks command, user_id, channel_id or trigger_id")
	}
	return inbound{command: &handlers.Command{
		ID: p.TriggerID, Name: p.Command, Text: typedText(p.Text), User: p.UserID, Channel: p.ChannelID,
		ResponseURL: p.ResponseURL, TriggerID: p.TriggerID, At: d.now(),
	}}, nil
}

type interactionPayload struct {
	Type        string          `json:"type"`
	TriggerID   string          `json:"trigger_id"`
	ResponseURL string          `json:"response_url"`
	User        idOnly          `json:"user"`
	Channel     idOnly          `json:"channel"`
	Container   container       `json:"container"`
	CallbackID  string          `json:"callback_id"`
	Message     threadOnly      `json:"message"`
	Actions     []elementAction `json:"actions"`
	View        *viewPayload    `json:"view"`
}

type idOnly struct {
	ID string `json:"id"`
}

type threadOnly struct {
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
}

type container struct {
	MessageTS   string `json:"message_ts"`
	ThreadTS    string `json:"thread_ts"`
	ChannelID   string `json:"channel_id"`
	IsEphemeral bool   `json:"is_ephemeral"`
}

type elementAction struct {
	ActionID string `json:"action_id"`
	elementState
}

// elementState is what a person entered in one element; which field is set depends on its type (SF-3.3).
type elementState struct {
	Type                 string        `json:"type"`
	Value                string        `json:"value"`
	SelectedOption       *optionValue  `json:"selected_option"`
	SelectedOptions      []optionValue `json:"selected_options"`
	SelectedUser         string        `json:"selected_user"`
	SelectedChannel      string        `json:"selected_channel"`
	SelectedConversation string        `json:"selected_conversation"`
	SelectedDate         string        `json:"selected_date"`
	SelectedTime         string        `json:"selected_time"`
	SelectedDateTime     int64         `json:"selected_date_time"`
}

type optionValue struct {
	Value string `json:"value"`
}

func (e elementState) text() string {
	switch {
	case e.SelectedOption != nil:
		return e.SelectedOption.Value
	case e.SelectedDateTime != 0:
		return strconv.FormatInt(e.SelectedDateTime, 10)
	}
	for _, s := range []string{e.SelectedUser, e.SelectedChannel, e.SelectedConversation, e.SelectedDate, e.SelectedTime} {
		if s != "" {
			return s
		}
	}
	if len(e.SelectedOptions) > 0 { // a checkbox: ticked or not
		return e.SelectedOptions[0].Value
	}
	return e.Value
}

type viewPayload struct {
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	Blocks          []struct {
		Type    string `json:"type"`
		BlockID string `json:"block_id"`
	} `json:"blocks"`
	State struct {
		Values map[string]map[string]elementState `json:"values"`
	} `json:"state"`
}

func (d decoder) interaction(payload json.RawMessage) (inbound, error) {
	var p interactionPayload
	if err := json.Unmarshal(payload, &p); err != nil {
		return inbound{}, fmt.Errorf("decode interaction: %w", err)
	}
	switch p.Type {
	case "":
		return inbound{}, errors.New("interaction lacks its type")
	case "block_actions":
		return d.press(p)
	case "view_submission":
		return d.submit(p)
	case "message_action":
		return d.shortcut(p)
	}
	return inbound{}, nil // view_closed, global shortcuts: nothing of ours
}

func (d decoder) press(p interactionPayload) (inbound, error) {
	if p.User.ID == "" || p.TriggerID == "" || len(p.Actions) == 0 {
		return inbound{}, errors.New("block action lacks user, trigger_id or actions")
	}
	var in inbound
	for i, a := range p.Actions {
		if a.ActionID == "" {
			return inbound{}, errors.New("block action lacks action_id")
		}
		in.actions = append(in.actions, handlers.Action{
			ID: pressID(p.TriggerID, i), Name: ActionName(a.ActionID), Value: a.text(), User: p.User.ID,
			Channel:   firstOf(p.Channel.ID, p.Container.ChannelID),
			MessageTS: firstOf(p.Container.MessageTS, p.Message.TS),
			ThreadTS:  firstOf(p.Container.ThreadTS, p.Message.ThreadTS),
			Ephemeral: p.Container.IsEphemeral, ResponseURL: p.ResponseURL, TriggerID: p.TriggerID, At: d.now(),
		})
	}
	return in, nil
}

func pressID(trigger string, index int) string {
	if index == 0 {
		return trigger
	}
	return trigger + "/" + strconv.Itoa(index)
}

func (d decoder) submit(p interactionPayload) (inbound, error) {
	if p.User.ID == "" || p.View == nil || p.View.CallbackID == "" {
		return inbound{}, errors.New("view submission lacks user, view or callback_id")
	}
	s := &handlers.Submission{
		ID: p.TriggerID, CallbackID: p.View.CallbackID, Metadata: p.View.PrivateMetadata, User: p.User.ID,
		Values: map[string]string{}, At: d.now(),
	}
	for block, elements := range p.View.State.Values {
		for _, e := range elements { // our forms have one element per block
			s.Values[block] = e.text()
		}
	}
	in := inbound{submission: s}
	for _, b := range p.View.Blocks {
		if b.Type == "input" && b.BlockID != "" {
			in.blocks = append(in.blocks, b.BlockID)
		}
	}
	return in, nil
}

// shortcut reads a choice in the menu of a message (SF-3.7).
func (d decoder) shortcut(p interactionPayload) (inbound, error) {
	if p.User.ID == "" || p.TriggerID == "" || p.CallbackID == "" || p.Channel.ID == "" || p.Message.TS == "" {
		return inbound{}, errors.New("message shortcut lacks user, trigger_id, callback_id, channel or message")
	}
	return inbound{shortcut: &handlers.Shortcut{
		ID: p.TriggerID, Name: p.CallbackID, User: p.User.ID, Channel: p.Channel.ID, TS: p.Message.TS,
		ThreadTS: firstOf(p.Message.ThreadTS, p.Message.TS), ResponseURL: p.ResponseURL, At: d.now(),
	}}, nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
