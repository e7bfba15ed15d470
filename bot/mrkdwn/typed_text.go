package mrkdwn

import "strings"

// WithoutMention takes the mentions of one user out of a message's text: <@U…> and <@U…|name> (SF-2.2).
func WithoutMention(text, user string) string {
	if user == "" {
		return text
	}
	var b strings.Builder
	for {
		start := strings.Index(text, "<@"+user)
		if start < 0 {
			break
		}
		rest := text[start+len("<@"+user):]
		end := strings.IndexByte(rest, '>')
		if end < 0 || (rest[0] != '>' && rest[0] != '|') {
			b.WriteString(text[:start+2])
			text = text[start+2:]
			continue
		}
		b.WriteString(text[:start])
		text = rest[end+1:]
	}
	b.WriteString(text)
	return strings.TrimSpace(b.String())
}

// TypedText gives back what a person typed: Slack turns "registry.example.com/app:2" into <http://…|registry.example.com/app:2>
// and escapes & < > (SF-4.70). References to users, channels and groups stay as they are, because they say more than
// what was typed: <@U…>, <#C…|name>, <!subteam^S…>.
func TypedText(text string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(text, '<')
		if start < 0 {
			break
		}
		length := strings.IndexByte(text[start:], '>')
		if length < 0 {
			break
		}
		b.WriteString(unescape(text[:start]))
		b.WriteString(unlink(text[start+1 : start+length]))
		text = text[start+length+1:]
	}
	b.WriteString(unescape(text))
	return b.String()
}

// unlink takes what stood between < and >.
func unlink(ref string) string {
	if ref == "" || strings.ContainsAny(ref[:1], "@#!") {
		return "<" + ref + ">"
	}
	target, label, labelled := strings.Cut(ref, "|")
	if labelled && label != "" {
		return unescape(label)
	}
	return unescape(strings.TrimPrefix(target, "mailto:"))
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
