package refusals

import (
	"opsbot/handlers/httpapi"
	"opsbot/internal/redact"
	"opsbot/messages"
)

// problemLength is how much of an answer is shown: it may quote the delivery.
const problemLength = 300

// card says what was refused, what it means, and what to mend.
func card(p pending) messages.Card {
	c := messages.Card{
		Tone:  messages.ToneWarning,
		Title: messages.New("refused.title", "count", p.count),
		Sections: []messages.Section{
			messages.Paragraph(why(p.Cause)), messages.Paragraph(messages.New("refused.lost")), messages.Paragraph(remedy(p.Cause)),
		},
		Footer: []messages.Text{messages.New("refused.from", "address", messages.Code(messages.Shorten(p.From, 60))), messages.New("refused.pause", "pause", pause(p.Cause))},
	}
	if p.Cause == httpapi.RefusedVersion || p.Cause == httpapi.RefusedContent {
		c.Sections = append(c.Sections, messages.Section{Code: &messages.Block{Content: messages.Shorten(redact.Text(p.Problem), problemLength)}})
	}
	return c
}

func why(cause httpapi.RefusalCause) messages.Text {
	switch cause {
	case httpapi.RefusedToken:
		return messages.New("refused.token")
	case httpapi.RefusedSize:
		return messages.New("refused.size")
	case httpapi.RefusedVersion:
		return messages.New("refused.version")
	default:
		return messages.New("refused.content")
	}
}

func remedy(cause httpapi.RefusalCause) messages.Text {
	switch cause {
	case httpapi.RefusedToken:
		return messages.New("refused.token_remedy")
	case httpapi.RefusedSize:
		return messages.New("refused.size_remedy")
	case httpapi.RefusedVersion:
		return messages.New("refused.version_remedy")
	default:
		return messages.New("refused.content_remedy")
	}
}
