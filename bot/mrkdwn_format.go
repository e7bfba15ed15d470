package bot

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"opsbot/messages"
)

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

var userID = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

var channelID = regexp.MustCompile(`^[CDG][A-Z0-9]+$`)
