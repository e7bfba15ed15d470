package mrkdwn

import "strings"

// WithNames is TypedText with references in words: <@U…> is a person, <#C…|name> a channel, <!here> and
// <!subteam^S…|@name> groups (SF-4.70).
func WithNames(text string, person func(id string) string) string {
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
		b.WriteString(referenceText(text[start+1:start+length], person))
		text = text[start+length+1:]
	}
	b.WriteString(unescape(text))
	return b.String()
}

// referenceText takes what stood between < and >.
func referenceText(ref string, person func(id string) string) string {
	if ref == "" || !strings.ContainsAny(ref[:1], "@#!") {
		return unlink(ref)
	}
	target, label, labelled := strings.Cut(ref[1:], "|")
	label = strings.TrimLeft(unescape(label), "@#")
	switch {
	case ref[0] == '#' && labelled && label != "":
		return "#" + label
	case ref[0] == '#':
		return "#" + target
	case ref[0] == '!' && labelled && label != "":
		return "@" + label
	case ref[0] == '!':
		return "@" + target
	default:
		return "@" + person(target)
	}
}
