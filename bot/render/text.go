package render

import (
	"strings"

	"github.com/slack-go/slack"

	"opsbot/bot/mrkdwn"
)

// mrkdwnText is a text object for escaped text; verbatim keeps Slack from finding mentions and links in it (SF-4.71).
func mrkdwnText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, orDash(s), false, true)
}

// PlainText is a plain_text object of at most limit code points.
func PlainText(s string, limit int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, mrkdwn.CutPlain(orDash(s), limit), true, false)
}

func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return dash
	}
	return s
}

func (m *rendering) section(id, text string) *slack.SectionBlock {
	return slack.NewSectionBlock(mrkdwnText(text), nil, nil, slack.SectionBlockOptionBlockID(id))
}
