package messages

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Format says how the parts of a text are written for one medium: Slack's mrkdwn, Markdown, plain text.
type Format struct {
	// Escape makes untrusted text harmless.
	Escape  func(string) string
	User    func(id string) string
	Channel func(id string) string
	Code    func(string) string
	Link    func(url, label string) string
	// Time writes a moment for the reader; texts use it for clock times, not for durations.
	Time func(time.Time) string
	// Date writes a moment that may be on another day, to the minute.
	Date func(time.Time) string
}

// Plain is for logs, terminals and notifications: no markup, UTC clock times.
func Plain() Format {
	same := func(s string) string { return s }
	return Format{
		Escape:  same,
		User:    func(id string) string { return "@" + id },
		Channel: func(id string) string { return "#" + id },
		Code:    same,
		Link:    func(url, label string) string { return label + " (" + url + ")" },
		Time:    func(t time.Time) string { return t.UTC().Format("15:04:05 UTC") },
		Date:    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
	}
}

// Markdown is for exported timelines. Untrusted text cannot start markup or HTML.
func Markdown() Format {
	f := Plain()
	escape := strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]",
		"<", "&lt;", ">", "&gt;", "|", "\\|", "\n", " ")
	f.Escape = escape.Replace
	f.Code = func(s string) string { return "`" + strings.ReplaceAll(s, "`", "'") + "`" }
	f.Link = func(url, label string) string { return "[" + escape.Replace(label) + "](" + url + ")" }
	return f
}

// Printer turns texts into words of one language for one medium. It is safe for concurrent use.
type Printer struct {
	locale    string
	format    Format
	catalogue *Catalogue
}

// Locale is the language that the printer speaks: "en" or "zh-CN".
func (p *Printer) Locale() string { return p.locale }

// Text renders t. An entry that does not exist renders as its id in brackets, so that a person still sees something.
func (p *Printer) Text(t Text) string {
	if t.ID == "" {
		return p.format.Escape(t.Literal)
	}
	values := make(map[string]string, len(t.Args))
	for name, v := range t.Args {
		values[name] = p.value(v)
	}
	count := t.Args["count"]
	s, ok := p.catalogue.localize(p.locale, t.ID, values, count.N, count.Kind == KindNumber)
	if !ok {
		return "[" + p.format.Escape(t.ID) + "]"
	}
	return s
}

func (p *Printer) value(v Value) string {
	switch v.Kind {
	case KindNumber:
		return strconv.FormatInt(v.N, 10)
	case KindDuration:
		return Duration(time.Duration(v.N))
	case KindTime, KindDate:
		return p.moment(v)
	case KindText:
		if v.Text == nil {
			return ""
		}
		return p.Text(*v.Text)
	case KindUser:
		return p.format.User(v.S)
	case KindChannel:
		return p.format.Channel(v.S)
	case KindCode:
		return p.format.Code(v.S)
	case KindLink:
		return p.format.Link(v.URL, v.S)
	default:
		return p.format.Escape(v.S)
	}
}

func (p *Printer) moment(v Value) string {
	t, err := time.Parse(time.RFC3339Nano, v.S)
	switch {
	case err != nil:
		return p.format.Escape(v.S)
	case v.Kind == KindDate:
		return p.format.Date(t)
	default:
		return p.format.Time(t)
	}
}

// Duration writes d for people in both languages: "350ms", "45s", "4m 30s", "2h 5m", "3d 4h".
func Duration(d time.Duration) string {
	if d < 0 {
		return "-" + Duration(-d)
	}
	switch {
	case d == 0:
		return "0s"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	case d < time.Minute:
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	case d < time.Hour:
		return twoUnits(int64(d/time.Minute), "m", int64(d%time.Minute/time.Second), "s")
	case d < 24*time.Hour:
		return twoUnits(int64(d/time.Hour), "h", int64(d%time.Hour/time.Minute), "m")
	default:
		return twoUnits(int64(d/(24*time.Hour)), "d", int64(d%(24*time.Hour)/time.Hour), "h")
	}
}

func twoUnits(a int64, unitA string, b int64, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d%s", a, unitA)
	}
	return fmt.Sprintf("%d%s %d%s", a, unitA, b, unitB)
}
