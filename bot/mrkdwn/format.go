package mrkdwn

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"opsbot/messages"
)

// Format writes texts for Slack's mrkdwn: only ids that look like ids become mentions, all else is escaped (SF-4.70).
func Format() messages.Format {
	return messages.Format{
		Escape:  Escape,
		User:    func(id string) string { return mention("@", id, userID) },
		Channel: func(id string) string { return mention("#", id, channelID) },
		Code:    code,
		Link:    link,
		Time:    clock,
		Date:    date,
	}
}

// PlainFormat writes texts for plain_text objects and preformatted lines.
func PlainFormat() messages.Format {
	f := messages.Plain()
	f.Escape = EscapePlain
	f.Code = EscapePlain
	f.User = func(id string) string { return "@" + EscapePlain(id) }
	f.Channel = func(id string) string { return "#" + EscapePlain(id) }
	f.Link = func(target, label string) string { return EscapePlain(cmp.Or(label, target)) }
	return f
}

func mention(sign, id string, valid *regexp.Regexp) string {
	if !valid.MatchString(id) {
		return Escape(sign + id)
	}
	return "<" + sign + id + ">"
}

func code(s string) string {
	s = messages.OneLine(strings.ReplaceAll(s, "`", "'"))
	if s == "" {
		return ""
	}
	return "`" + Escape(s) + "`"
}

// link falls back to the label where the target is not a web or mail address.
func link(target, label string) string {
	label = Escape(messages.OneLine(label))
	u, err := url.Parse(target)
	if err != nil || !IsLinkScheme(u.Scheme) {
		return label
	}
	// Nothing in the target may end it before its end.
	target = replaceAll(u.String(), "&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C")
	if label == "" {
		return "<" + target + ">"
	}
	return "<" + target + "|" + label + ">"
}

// IsLinkScheme reports whether Slack makes links of addresses with this scheme.
func IsLinkScheme(s string) bool { return s == "http" || s == "https" || s == "mailto" }

// clock shows the moment in the reader's own time zone, in UTC where the client cannot.
func clock(t time.Time) string {
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{time_secs}|" + t.UTC().Format("15:04:05 UTC") + ">"
}

// date shows "tomorrow 9:00" or "Feb 18 9:00" in the reader's own time zone and language.
func date(t time.Time) string {
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{date_short_pretty} {time}|" + t.UTC().Format("2006-01-02 15:04 UTC") + ">"
}

var userID = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

var channelID = regexp.MustCompile(`^[CDG][A-Z0-9]+$`)
