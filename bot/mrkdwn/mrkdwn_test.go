package mrkdwn

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"opsbot/bot/slacktest"
	"opsbot/messages"
)

// shown is a text that shows one value and nothing else.
func shown(v any) messages.Text { return messages.New("card.code", "text", v) }

func TestMrkdwnFormat(t *testing.T) {
	p := slacktest.Catalogue(t).Printer(messages.English, Format())
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"text", "a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"},
		{"mention in text", "<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"},
		{"broadcast in text", "@here and @Channel, not ops@hereford.example", "@\u2060here and @\u2060Channel, not ops@hereford.example"},
		{"fence in text", "a```b", "a`\u2060``b"},
		{"colours of a terminal", "\x1b[31mred\x1b[0m\x07", "red"},
		{"direction override", "a\u202eb", "ab"},
		{"line ends", "a\r\nb\rc", "a\nb\nc"},
		{"user", messages.User("U012AB3CD"), "<@U012AB3CD>"},
		{"user that is none", messages.User("U1> <!channel"), "@U1&gt; &lt;!channel"},
		{"channel", messages.Channel("C012AB3CD"), "<#C012AB3CD>"},
		{"code", messages.Code("kubectl get `x` > y"), "`kubectl get 'x' &gt; y`"},
		{"empty code", messages.Code("  "), ""},
		{"link", messages.Link{URL: "https://example.com/?a=1&b=<2>|", Label: "a|b>"}, "<https://example.com/?a=1&amp;b=%3C2%3E%7C|a|b&gt;>"},
		{"link without label", messages.Link{URL: "https://example.com"}, "<https://example.com>"},
		{"link that is none", messages.Link{URL: "javascript:alert(1)", Label: "x"}, "x"},
		{"time", time.Unix(1_700_000_000, 0), "<!date^1700000000^{time_secs}|22:13:20 UTC>"},
		{"date", messages.Date(time.Unix(1_700_000_000, 0)), "<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, p.Text(shown(test.value))) })
	}
}

func TestPlainFormat(t *testing.T) {
	p := slacktest.Catalogue(t).Printer(messages.English, PlainFormat())
	require.Equal(t, "CPU > 70 % & <5 ‹!channel> ‹@U1> @\u2060here", p.Text(messages.Literal("CPU > 70 % & <5 <!channel> <@U1> @here")))
	require.Equal(t, "@U1", p.Text(shown(messages.User("U1"))))
	require.Equal(t, "https://x.example", p.Text(shown(messages.Link{URL: "https://x.example"})))
}

func TestCutMrkdwn(t *testing.T) {
	tests := []struct {
		name, s string
		limit   int
		want    string
	}{
		{"fits", "abc", 3, "abc"},
		{"text", "abcdef", 5, "abc…"},
		{"Chinese counts characters", "一二三四五六", 5, "一二三…"},
		{"never inside an entity", "a&amp;b", 5, "a…"},
		{"never inside a mention", "a <@U012AB3CD> b", 10, "a…"},
		{"closes a code span", "a `bcdefgh` i", 7, "a `bc`…"},
		{"bare bracket", "a<bcdef", 5, "a<b…"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, cut := Cut(test.s, test.limit, utf8.RuneCountInString)
			require.Equal(t, test.want, got)
			require.Equal(t, got != test.s, cut)
			require.LessOrEqual(t, utf8.RuneCountInString(got), test.limit)
		})
	}
}
