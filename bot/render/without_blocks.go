package render

import (
	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

// unformattedMax is what chat.update takes, in bytes to be safe (SF-4.4).
const unformattedMax = 3900

// WithoutBlocks is a card as plain text, for when Slack refuses its blocks. It holds everything that a person must read, but no
// buttons. The first line is notification, which keeps its mentions; the rest mentions nobody.
func WithoutBlocks(c *messages.Catalogue, locale, notification string, card messages.Card) string {
	p := c.Printer(locale, messages.Plain())
	note := p.Text(messages.New("bot.plain"))
	card.Title, card.Tone, card.Files = messages.Text{}, messages.ToneNone, nil
	text, _ := mrkdwn.Cut(notification+"\n"+mrkdwn.Escape(p.CardPlain(card)), unformattedMax-len(note), func(s string) int { return len(s) })
	return text + "\n" + note
}
