package bot

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"opsbot/messages"
)

var (
	userID     = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
	channelID  = regexp.MustCompile(`^[CDG][A-Z0-9]+$`)
	broadcasts = regexp.MustCompile(`(?i)@(here|channel|everyone)\b`)
	markup     = regexp.MustCompile(`<([@#!])`)
	// terminalCodes are the colours and cursor movements that programs write into their logs.
	terminalCodes = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")
)

// wordJoiner is invisible; it keeps "@" and "here", or backticks in a row, from being taken for markup.
const wordJoiner = "\u2060"

// mrkdwnFormat writes texts for Slack's mrkdwn: only ids that look like ids become mentions, all else is escaped (SF-4.70).
func mrkdwnFormat() messages.Format {
	return messages.Format{
		Escape:  escapeMrkdwn,
		User:    func(id string) string { return mention("@", id, userID) },
		Channel: func(id string) string { return mention("#", id, channelID) },
		Code:    mrkdwnCode,
		Link:    mrkdwnLink,
		Time:    mrkdwnTime,
		Date:    mrkdwnDate,
	}
}

// plainFormat writes texts for plain_text objects and preformatted lines.
func plainFormat() messages.Format {
	f := messages.Plain()
	f.Escape = plainSlack
	f.Code = plainSlack
	f.User = func(id string) string { return "@" + plainSlack(id) }
	f.Channel = func(id string) string { return "#" + plainSlack(id) }
	f.Link = func(target, label string) string { return plainSlack(cmp.Or(label, target)) }
	return f
}

func mention(sign, id string, valid *regexp.Regexp) string {
	if !valid.MatchString(id) {
		return escapeMrkdwn(sign + id)
	}
	return "<" + sign + id + ">"
}

func mrkdwnCode(s string) string {
	s = messages.OneLine(strings.ReplaceAll(s, "`", "'"))
	if s == "" {
		return ""
	}
	return "`" + escapeMrkdwn(s) + "`"
}

// mrkdwnLink falls back to the label where the target is not a web or mail address.
func mrkdwnLink(target, label string) string {
	label = escapeMrkdwn(messages.OneLine(label))
	u, err := url.Parse(target)
	if err != nil || !linkScheme(u.Scheme) {
		return label
	}
	// Nothing in the target may end it before its end.
	target = replaceAll(u.String(), "&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C")
	if label == "" {
		return "<" + target + ">"
	}
	return "<" + target + "|" + label + ">"
}

func linkScheme(s string) bool { return s == "http" || s == "https" || s == "mailto" }

// mrkdwnTime shows the moment in the reader's own time zone, in UTC where the client cannot.
func mrkdwnTime(t time.Time) string {
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{time_secs}|" + t.UTC().Format("15:04:05 UTC") + ">"
}

// mrkdwnDate shows "tomorrow 9:00" or "Feb 18 9:00" in the reader's own time zone and language.
func mrkdwnDate(t time.Time) string {
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{date_short_pretty} {time}|" + t.UTC().Format("2006-01-02 15:04 UTC") + ">"
}

// escapeMrkdwn makes untrusted text harmless in mrkdwn: it cannot mention, link or hide anything (SF-4.70, SF-4.71), nor open
// or close a fence, because backticks in a row are held apart.
func escapeMrkdwn(s string) string {
	s = broadcasts.ReplaceAllString(cleanText(s), "@"+wordJoiner+"$1")
	if strings.Contains(s, "```") {
		s = strings.ReplaceAll(s, "``", "`"+wordJoiner+"`")
	}
	return replaceAll(s, "&", "&amp;", "<", "&lt;", ">", "&gt;")
}

// replaceAll replaces old by new in the order of the pairs; it copies nothing where there is nothing to replace.
func replaceAll(s string, oldNew ...string) string {
	for i := 0; i < len(oldNew); i += 2 {
		s = strings.ReplaceAll(s, oldNew[i], oldNew[i+1])
	}
	return s
}

// plainSlack makes untrusted text harmless in plain_text, where entities would show as typed: what would be a mention in
// mrkdwn loses its bracket, so that it stays harmless wherever a client copies it to.
func plainSlack(s string) string {
	s = broadcasts.ReplaceAllString(cleanText(s), "@"+wordJoiner+"$1")
	return markup.ReplaceAllString(s, "‹$1")
}

// cleanText drops what no reader can see: terminal codes, control characters, and the direction overrides that make a
// text read differently from what it is.
func cleanText(s string) string {
	s = terminalCodes.ReplaceAllString(strings.ToValidUTF8(s, "\ufffd"), "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}
