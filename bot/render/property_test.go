package render

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"opsbot/bot/slacktest"
	"opsbot/messages"
	"opsbot/slacksim/blockkit"
)

// hostile are the pieces that untrusted text is made of.
var hostile = []string{
	"<!channel>", "<!here|here>", "<!everyone>", "<@U0EVIL>", "<#C0EVIL>", "<!subteam^S0EVIL>", "<!date^1^{ago}|x>", "@here", "@channel", " @Everyone ",
	"<https://evil.example|click>", "&lt;!channel&gt;", "&amp;", "&", "<", ">", "|", "*", "_", "~", "`", "``", "```", "````", "\n```\n<!channel>\n",
	"\x00", "\x1b[31m", "\x1b", "\u202e", "\u2066", "\r", "\n", "\t", "\xff\xfe", "\u200d", "\ufe0f", "#2", "{{.x}}",
	"支付服务", "⚠️", "👩‍👩‍👧‍👦", "e\u0301", "order-service", " ", "",
}

// hostileString is mostly short and now and then longer than any limit of Block Kit.
func hostileString() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pieces := rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 6).Draw(t, "pieces")
		times := rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 20, 400}).Draw(t, "times")
		return strings.Repeat(strings.Join(pieces, rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "separator")), times)
	})
}

// trusted are the only ids that cards mention on purpose.
var trusted = map[string]bool{"<@U0TRUSTED>": true, "<#C0TRUSTED>": true}

func anyText() *rapid.Generator[messages.Text] {
	return rapid.Custom(func(t *rapid.T) messages.Text {
		s := hostileString().Draw(t, "text")
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return messages.Text{}
		case 1:
			return messages.New("card.truncated", "count", 3)
		case 2: // an entry that does not exist shows its id, which is then untrusted
			return messages.New(s)
		case 3:
			return wrapped(messages.User("U0TRUSTED"))
		case 4:
			return wrapped(messages.User(s))
		case 5:
			return wrapped(rapid.SampledFrom([]any{messages.Channel("C0TRUSTED"), messages.Channel(s), messages.Code(s)}).Draw(t, "value"))
		case 6:
			return wrapped(messages.Link{URL: rapid.SampledFrom([]string{s, "https://example.com/?a=1&b=<2>|3 4", "javascript:x"}).Draw(t, "url"), Label: s})
		case 7:
			return wrapped(time.Unix(1_700_000_000, 0))
		default:
			return messages.Literal(s)
		}
	})
}

// wrapped makes a text that shows one value and nothing else.
func wrapped(v any) messages.Text { return messages.New("card.code", "text", v) }

func anyAction() *rapid.Generator[messages.Action] {
	return rapid.Custom(func(t *rapid.T) messages.Action {
		a := messages.Action{
			Name:  rapid.SampledFrom([]string{"incident.ack", "run", "run#2", "", strings.Repeat("n", 300)}).Draw(t, "name"),
			Label: anyText().Draw(t, "label"),
			Value: hostileString().Draw(t, "value"),
			URL:   rapid.SampledFrom([]string{"", "", "", "https://example.com/a", "::", "https://example.com/" + strings.Repeat("a", 3000)}).Draw(t, "url"),
			Style: rapid.SampledFrom([]messages.Style{"", messages.StylePrimary, messages.StyleDanger, "loud"}).Draw(t, "style"),
		}
		if rapid.Bool().Draw(t, "asks") {
			a.Confirm = &messages.Confirm{Title: anyText().Draw(t, "title"), Text: anyText().Draw(t, "question"), Yes: anyText().Draw(t, "yes"), No: anyText().Draw(t, "no")}
		}
		if rapid.IntRange(0, 3).Draw(t, "menu") == 0 {
			a.Options = many(t, "options", 120, rapid.Custom(func(t *rapid.T) messages.Option {
				return messages.Option{Label: anyText().Draw(t, "label"), Value: hostileString().Draw(t, "value")}
			}))
		}
		return a
	})
}

func anySection() *rapid.Generator[messages.Section] {
	return rapid.Custom(func(t *rapid.T) messages.Section {
		text := anyText().Draw(t, "text")
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			return messages.Section{List: many(t, "list", 300, anyText())}
		case 1:
			return messages.Section{Table: anyTable().Draw(t, "table")}
		case 2:
			language := rapid.SampledFrom([]string{"diff", "log", "", "x"}).Draw(t, "language")
			return messages.Section{Code: &messages.Block{Language: language, Content: hostileString().Draw(t, "code")}}
		case 3:
			return messages.Section{Actions: many(t, "actions", 40, anyAction())}
		case 4, 5:
			f := &messages.Finding{Tone: anyTone().Draw(t, "tone"), Text: text}
			if rapid.Bool().Draw(t, "fix") {
				f.Action = new(anyAction().Draw(t, "action"))
			}
			return messages.Section{Finding: f}
		default:
			return messages.Paragraph(text)
		}
	})
}

func anyTable() *rapid.Generator[*messages.Table] {
	return rapid.Custom(func(t *rapid.T) *messages.Table {
		var table messages.Table
		for _, title := range many(t, "columns", 30, anyText()) {
			table.Columns = append(table.Columns, messages.Column{Title: title, Right: len(table.Columns)%2 == 1})
		}
		row := many(t, "row", 30, anyText())
		for range rapid.SampledFrom([]int{0, 1, 5, 60}).Draw(t, "rows") {
			table.Rows = append(table.Rows, row)
		}
		return &table
	})
}

func anyTone() *rapid.Generator[messages.Tone] {
	return rapid.SampledFrom([]messages.Tone{"", messages.ToneGood, messages.ToneWarning, messages.ToneBad, messages.ToneRunning, messages.ToneInfo, "odd"})
}

// many draws a few different items and repeats them, mostly a handful of times, sometimes far beyond every limit.
func many[T any](t *rapid.T, label string, limit int, item *rapid.Generator[T]) []T {
	some := rapid.SliceOfN(item, 0, 4).Draw(t, label)
	var all []T
	for range rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1 + limit/4}).Draw(t, label+" times") {
		all = append(all, some...)
	}
	return all
}

func anyCard() *rapid.Generator[messages.Card] {
	return rapid.Custom(func(t *rapid.T) messages.Card {
		return messages.Card{
			Tone:         anyTone().Draw(t, "tone"),
			Title:        anyText().Draw(t, "title"),
			Notification: anyText().Draw(t, "notification"),
			Facts: many(t, "facts", 300, rapid.Custom(func(t *rapid.T) messages.Fact {
				return messages.Fact{Label: anyText().Draw(t, "label"), Value: anyText().Draw(t, "value")}
			})),
			Sections: many(t, "sections", 300, anySection()),
			Actions:  many(t, "actions", 100, anyAction()),
			Footer:   many(t, "footer", 100, anyText()),
		}
	})
}

func TestAnyCardIsAcceptedBySlackAndMentionsNobody(t *testing.T) {
	r := &Renderer{Catalogue: slacktest.Catalogue(t), Locale: messages.English}
	rapid.Check(t, func(t *rapid.T) {
		card := anyCard().Draw(t, "card")
		locale := rapid.SampledFrom([]string{"", "zh-CN", "xx"}).Draw(t, "locale")
		draw := r.Message
		if rapid.Bool().Draw(t, "table") {
			draw = r.MessageWithTable
		}
		requireAccepted(t, func() Message { return draw(card, locale) })
	})
}

func requireAccepted(t *rapid.T, draw func() Message) {
	got := draw()
	require.Equal(t, got, draw(), "an edit of the same card must be the same message")
	blocks, err := json.Marshal(got.Blocks)
	require.NoError(t, err)
	require.Empty(t, blockkit.Message(blocks, got.Text))
	require.LessOrEqual(t, len(got.Text), maxFallbackBytes)
	require.NotEmpty(t, got.Text)
	requireHarmless(t, "text", got.Text)
	var decoded any
	require.NoError(t, json.Unmarshal(blocks, &decoded))
	requireHarmlessBlocks(t, decoded)
	requireFiles(t, got.Overflow)
}

func requireFiles(t *rapid.T, files []messages.File) {
	names := map[string]bool{}
	for _, f := range files {
		require.False(t, names[f.Name], "file %s twice", f.Name)
		names[f.Name] = true
		require.LessOrEqual(t, len(f.Content), maxFileBytes)
		require.True(t, utf8.Valid(f.Content))
	}
}

var (
	anyMarkup    = regexp.MustCompile(`<[^>]*>?`)
	ownDate      = regexp.MustCompile(`^<!date\^1700000000\^\{time_secs\}\|22:13:20 UTC>$`)
	ownLink      = regexp.MustCompile(`^<https://(example\.com/|evil\.example)`)
	anyBroadcast = regexp.MustCompile(`(?i)@(here|channel|everyone)\b`)
)

// requireHarmless allows the markup that the card itself asked for and no other.
func requireHarmless(t *rapid.T, where, s string) {
	for _, m := range anyMarkup.FindAllString(s, -1) {
		require.True(t, trusted[m] || ownDate.MatchString(m) || ownLink.MatchString(m), "%s: markup %q in %q", where, m, s)
	}
	require.False(t, anyBroadcast.MatchString(s), "%s: broadcast in %q", where, s)
	require.Zero(t, strings.Count(s, "```")%2, "%s: open fence in %q", where, s)
}

// requireHarmlessBlocks walks every text object; plain_text must not even look like a mention.
func requireHarmlessBlocks(t *rapid.T, v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			requireHarmlessBlocks(t, item)
		}
	case map[string]any:
		s, _ := v["text"].(string)
		switch v["type"] {
		case "mrkdwn":
			require.Equal(t, true, v["verbatim"], "verbatim of %q", s)
			requireHarmless(t, "mrkdwn", s)
		case "plain_text", "raw_text":
			require.NotRegexp(t, `<[@#!]`, s)
			require.NotRegexp(t, anyBroadcast, s)
		}
		for _, item := range v {
			requireHarmlessBlocks(t, item)
		}
	}
}
