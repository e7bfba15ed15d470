package render

import (
	"net/url"
	"strconv"

	"github.com/slack-go/slack"

	"opsbot/bot"
	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

// Limits of buttons and menus.
const (
	actionsPerBlock   = 5  // for looks; Slack allows 25 (SF-4.24)
	maxActions        = 25 // of one part of a message
	maxActionName     = 240
	maxButtonLabel    = 75   // SF-4.51
	maxButtonValue    = 2000 // SF-4.51
	maxButtonURL      = 3000 // SF-4.51
	maxPlaceholder    = 150  // SF-4.50
	MaxOptions        = 100  // SF-4.52
	MaxOptionLabel    = 75   // SF-4.53
	maxOptionValue    = 75   // SF-4.53
	maxConfirmTitle   = 100  // SF-4.58
	maxConfirmText    = 300  // SF-4.58
	maxConfirmButtons = 30   // SF-4.58
)

// actions renders actions in rows of five, in at most limit code points.
func (m *rendering) actions(id string, actions []messages.Action, limit int) []slack.Block {
	var elements []slack.BlockElement
	used := 0
	for _, a := range actions {
		if len(elements) == maxActions || m.space.blocks*actionsPerBlock == len(elements) {
			break
		}
		if e, n, ok := m.action(a, limit-used); ok {
			elements = append(elements, e)
			used += n
		}
	}
	var blocks []slack.Block
	for start := 0; start < len(elements); start += actionsPerBlock {
		row := elements[start:min(start+actionsPerBlock, len(elements))]
		blocks = append(blocks, slack.NewActionBlock(id+"-"+strconv.Itoa(len(blocks)+1), row...))
	}
	m.space.take(len(blocks), used)
	return blocks
}

// action renders a and returns how much text it shows; false if Slack would refuse it or limit is too small.
func (m *rendering) action(a messages.Action, limit int) (slack.BlockElement, int, bool) {
	if a.Name == "" || runes(a.Name) > maxActionName {
		return nil, 0, false
	}
	confirm, used := m.confirm(a)
	if len(a.Options) > 0 {
		return m.menu(a, confirm, used, limit)
	}
	return m.button(a, confirm, used, limit)
}

func (m *rendering) button(a messages.Action, confirm *slack.ConfirmationBlockObject, used, limit int) (slack.BlockElement, int, bool) {
	label := PlainText(m.label(a.Label), maxButtonLabel)
	used += runes(label.Text)
	if used > limit || runes(a.Value) > maxButtonValue || !buttonURL(a.URL) {
		return nil, 0, false
	}
	b := slack.NewButtonBlockElement(m.newActionID(a.Name), a.Value, label)
	b.URL, b.Style, b.Confirm = a.URL, slackStyle(a.Style), confirm
	return b, used, true
}

func buttonURL(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && mrkdwn.IsLinkScheme(u.Scheme) && u.Host != "" && runes(s) <= maxButtonURL
}

// menu shows as many options as there is room for.
func (m *rendering) menu(a messages.Action, confirm *slack.ConfirmationBlockObject, used, limit int) (slack.BlockElement, int, bool) {
	placeholder := PlainText(m.label(a.Label), maxPlaceholder)
	used += runes(placeholder.Text)
	var options []*slack.OptionBlockObject
	for _, o := range a.Options {
		label := PlainText(m.label(o.Label), MaxOptionLabel)
		if len(options) == MaxOptions || used+runes(label.Text) > limit {
			break
		}
		if o.Value == "" || runes(o.Value) > maxOptionValue {
			continue
		}
		used += runes(label.Text)
		options = append(options, slack.NewOptionBlockObject(o.Value, label, nil))
	}
	if len(options) == 0 {
		return nil, 0, false
	}
	s := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, placeholder, m.newActionID(a.Name), options...)
	s.Confirm = confirm
	return s, used, true
}

// confirm always has labels on both buttons and a question, because Slack requires them.
func (m *rendering) confirm(a messages.Action) (*slack.ConfirmationBlockObject, int) {
	c := a.Confirm
	if c == nil {
		return nil, 0
	}
	title := PlainText(m.label(orText(c.Title, a.Label)), maxConfirmTitle)
	text := PlainText(m.plain.Text(orText(c.Text, orText(c.Title, a.Label))), maxConfirmText)
	yes := PlainText(m.label(orText(c.Yes, messages.New("card.confirm_yes"))), maxConfirmButtons)
	no := PlainText(m.label(orText(c.No, messages.New("card.confirm_no"))), maxConfirmButtons)
	confirm := slack.NewConfirmationBlockObject(title, text, yes, no)
	confirm.Style = slackStyle(a.Style)
	return confirm, runes(title.Text) + runes(text.Text) + runes(yes.Text) + runes(no.Text)
}

func (m *rendering) label(t messages.Text) string { return messages.OneLine(m.plain.Text(t)) }

func orText(t, other messages.Text) messages.Text {
	if t.IsZero() {
		return other
	}
	return t
}

func slackStyle(s messages.Style) slack.Style {
	switch s {
	case messages.StylePrimary:
		return slack.StylePrimary
	case messages.StyleDanger:
		return slack.StyleDanger
	default:
		return slack.StyleDefault
	}
}

func (m *rendering) newActionID(name string) string {
	m.actionID[name]++
	return bot.ActionID(name, m.actionID[name])
}
