package client

import (
	"regexp"
	"strings"
)

// typed turns what a person types into what Slack stores: & < > escaped,
// @name and #channel made references, tokens that are references already left
// alone (SF-4.70).
func (w *Client) typed(text string) string {
	return w.link(escapeTyped(text))
}

func escapeTyped(text string) string {
	reference := regexp.MustCompile(`<(@[UW][A-Z0-9]+(\|[^<>]*)?|#C[A-Z0-9]+(\|[^<>]*)?|!(here|channel|everyone)|!subteam\^S[A-Z0-9]+(\|[^<>]*)?|https?://[^<>]+)>`)
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	var b strings.Builder
	last := 0
	for _, at := range reference.FindAllStringIndex(text, -1) {
		b.WriteString(escape.Replace(text[last:at[0]]))
		b.WriteString(text[at[0]:at[1]])
		last = at[1]
	}
	b.WriteString(escape.Replace(text[last:]))
	return b.String()
}

// link makes references of @name, #channel and URLs.
func (w *Client) link(text string) string {
	word := regexp.MustCompile(`(^|[\s(])([@#][\p{L}\p{N}._-]+|https?://[^\s<>|]+)`)
	return word.ReplaceAllStringFunc(text, func(found string) string {
		at := strings.IndexAny(found, "@#h")
		before, token := found[:at], found[at:]
		return before + w.reference(token)
	})
}

func (w *Client) reference(token string) string {
	switch token[0] {
	case '@':
		if u := w.People.Find(token); u != nil {
			return "<@" + u.ID + ">"
		}
		if token == "@here" || token == "@channel" || token == "@everyone" {
			return "<!" + token[1:] + ">"
		}
		for _, g := range w.Groups {
			if g.Handle == token[1:] {
				return "<!subteam^" + g.ID + ">"
			}
		}
	case '#':
		if c := w.Channels.ByName[token[1:]]; c != nil {
			return "<#" + c.ID + "|" + c.Name + ">"
		}
	default:
		return "<" + token + ">"
	}
	return token
}

// commandText is the text of a slash command: raw, or with references in the
// form <@U…|name> if the manifest asks for it (SF-2.2).
func (w *Client) commandText(text string, escape bool) string {
	if !escape {
		return text
	}
	named := regexp.MustCompile(`<@([UW][A-Z0-9]+)>`)
	return named.ReplaceAllStringFunc(w.typed(text), func(found string) string {
		id := strings.Trim(found, "<@>")
		if u := w.People.ByID[id]; u != nil {
			return "<@" + id + "|" + u.Name + ">"
		}
		return found
	})
}
