package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"opsbot/bot"
	"opsbot/bot/slacktest"
	"opsbot/messages"
	"opsbot/slacksim/blockkit"
)

var updateGolden = flag.Bool("update", false, "rewrite the golden files")

func testRenderer(t *testing.T) *Renderer {
	return &Renderer{Catalogue: slacktest.Catalogue(t), Locale: messages.English}
}

func lit(s string) messages.Text { return messages.Literal(s) }

func fact(label string, value messages.Text) messages.Fact {
	return messages.Fact{Label: lit(label), Value: value}
}

var (
	incidentHeader = messages.Card{
		Tone:         messages.ToneBad,
		Title:        lit("#12 order-service: error rate above 2 %"),
		Notification: lit("Incident #12: order-service error rate above 2 %, nobody has taken it yet"),
		Facts: []messages.Fact{
			fact("Severity", lit("critical")), fact("Status", lit("firing, nobody has taken it")),
			fact("Owner", lit("")), fact("Since", wrapped(time.Unix(1_700_000_000, 0))),
			fact("Affected", wrapped(messages.Code("deployment/order-service"))), fact("Paged", wrapped(messages.User("U0DEV"))),
		},
		Sections: []messages.Section{
			messages.Paragraph(lit("5xx ratio is 4.7 % for 5 m <!channel> & rising")),
			{List: []messages.Text{lit("HighErrorRate on order-service"), lit("HighLatency on order-service")}},
		},
		Actions: []messages.Action{
			{Name: "incident.ack", Label: lit("Acknowledge"), Value: "12", Style: messages.StylePrimary},
			{Name: "incident.escalate", Label: lit("Escalate"), Value: "12"},
			{Name: "incident.assign", Label: lit("Assign to"), Options: []messages.Option{
				{Label: lit("System administrator"), Value: "system"}, {Label: lit("DBA"), Value: "dba"}}},
			{Name: "incident.resolve", Label: lit("Resolve"), Value: "12", Style: messages.StyleDanger,
				Confirm: &messages.Confirm{Title: lit("Resolve incident #12?"), Text: lit("Two alerts are still firing.")}},
			{Name: "run", Label: lit("Health"), Value: "/health order"},
			{Name: "run", Label: lit("Logs"), Value: "/logs order --errors"},
		},
		Footer: []messages.Text{lit("ecommerce-k8s"), wrapped(messages.Link{URL: "https://am.example/#/alerts?a=1&b=2", Label: "Alertmanager"})},
	}
	planWithDiff = messages.Card{
		Tone:  messages.ToneWarning,
		Title: lit("Plan: /rollback order"),
		Facts: []messages.Fact{
			fact("Object", wrapped(messages.Code("ecommerce-k8s/deployment/order-service"))), fact("Danger", lit("disruptive: needs a confirmation")),
		},
		Sections: []messages.Section{
			messages.Paragraph(lit("Rolls back to revision 3. All 5 pods are replaced, 1 at a time.")),
			{Code: &messages.Block{Language: "diff", Content: "   containers:\n   - name: app\n-    image: registry/order:v9\n+    image: registry/order:v8\n     args: [\"--hint\", \"```<!here>```\"]\n"}},
		},
		Actions: []messages.Action{
			{Name: "plan.confirm", Label: lit("Roll back"), Value: "call-7", Style: messages.StyleDanger},
			{Name: "plan.cancel", Label: lit("Cancel"), Value: "call-7"},
		},
		Footer: []messages.Text{wrapped(messages.User("U0DEV")), wrapped(messages.Code("/rollback order")), lit("call 7")},
	}
	healthVerdict = messages.Card{
		Tone:  messages.ToneWarning,
		Title: lit("ecommerce-k8s: 2 findings"),
		Sections: []messages.Section{
			{Finding: &messages.Finding{Tone: messages.ToneBad, Text: lit("payment-service: 2 of 3 pods are not ready (CrashLoopBackOff)"),
				Action: &messages.Action{Name: "run", Label: lit("Logs"), Value: "/logs payment"}}},
			{Finding: &messages.Finding{Tone: messages.ToneWarning, Text: lit("user-service: HPA is at its maximum of 10")}},
			{Table: &messages.Table{
				Columns: []messages.Column{{Title: lit("服务")}, {Title: lit("Ready"), Right: true}, {Title: lit("CPU"), Right: true}},
				Rows: [][]messages.Text{
					{lit("支付服务 payment"), lit("1/3"), lit("12m")}, {lit("user-service"), lit("10/10"), lit("4,870m")}, {lit("⚠️ redis"), lit("1/1"), lit("9m")},
				},
			}},
		},
		Footer: []messages.Text{lit("took 412ms")},
	}
	progress = messages.Card{
		Tone:     messages.ToneRunning,
		Title:    lit("Scaling user-service to 5"),
		Sections: []messages.Section{messages.Paragraph(wrapped(messages.Code("▓▓▓▓▓▓░░░░ 3/5 ready · 12s")))},
	}
	threadEntry = messages.Card{Tone: messages.ToneGood, Title: wrapped(messages.User("U0DEV"))}
)

func TestGolden(t *testing.T) {
	long := messages.Card{Tone: messages.ToneInfo, Title: lit("Logs of order-service"), Sections: []messages.Section{
		{Code: &messages.Block{Language: "log", Content: numbered(200)}}, {List: texts(60)}}}
	for name, card := range map[string]messages.Card{
		"incident_header": incidentHeader, "plan_with_diff": planWithDiff, "health_verdict": healthVerdict,
		"progress": progress, "thread_entry": threadEntry, "long_output": long, "empty": {},
	} {
		for _, locale := range messages.Locales() {
			t.Run(name+"/"+locale, func(t *testing.T) {
				got := testRenderer(t).Message(card, locale)
				blocks, err := json.Marshal(got.Blocks)
				require.NoError(t, err)
				require.Empty(t, blockkit.Message(blocks, got.Text))
				golden(t, filepath.Join("testdata", name+"."+locale+".txt"), describe(t, got))
			})
		}
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "03:14:%02d INFO request %d done\n", i%60, i+1)
	}
	return b.String()
}

func texts(n int) []messages.Text {
	all := make([]messages.Text, n)
	for i := range all {
		all[i] = lit(fmt.Sprintf("line %d", i+1))
	}
	return all
}

// describe writes the message as it goes over the wire, with "<" and line breaks readable.
func describe(t *testing.T, r Message) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(map[string]any{"text": r.Text, "blocks": r.Blocks}))
	out := strings.ReplaceAll(b.String(), `\n`, "\n")
	for _, f := range r.Overflow {
		out += fmt.Sprintf("file %s: %d lines, %d bytes\n", f.Name, bytes.Count(f.Content, []byte("\n")), len(f.Content))
	}
	return out
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *updateGolden {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs, see -update (-want +got):\n%s", file, diff)
	}
}

func TestEqualActionNamesAreKeptApartAndFoundAgain(t *testing.T) {
	card := messages.Card{Title: lit("x"), Actions: []messages.Action{
		{Name: "run", Label: lit("a")}, {Name: "run", Label: lit("b")}, {Name: "run#2", Label: lit("c")}, {Name: "ack", Label: lit("d")}}}
	seen := map[string]string{}
	for _, e := range elements(testRenderer(t).Message(card, "")) {
		b := e.(*slack.ButtonBlockElement)
		require.NotContains(t, seen, b.ActionID)
		seen[b.ActionID] = b.Text.Text
	}
	require.Equal(t, map[string]string{"run": "a", "run#2": "b", "run#2#1": "c", "ack": "d"}, seen)
	require.Equal(t, "run", bot.ActionName("run"))
	require.Equal(t, "run", bot.ActionName("run#2"))
	require.Equal(t, "run#2", bot.ActionName("run#2#1"))
	require.Equal(t, "incident.ack", bot.ActionName("incident.ack"))
}

func elements(r Message) []slack.BlockElement {
	var all []slack.BlockElement
	for _, b := range r.Blocks {
		if a, ok := b.(*slack.ActionBlock); ok {
			all = append(all, a.Elements.ElementSet...)
		}
	}
	return all
}

func TestActionsThatSlackWouldRefuseAreLeftOut(t *testing.T) {
	card := messages.Card{Title: lit("x"), Actions: []messages.Action{
		{Name: "", Label: lit("no name")},
		{Name: "long", Label: lit("value"), Value: strings.Repeat("文", 2001)},
		{Name: "url", Label: lit("url"), URL: "javascript:alert(1)"},
		{Name: "menu", Label: lit("menu"), Options: []messages.Option{{Label: lit("o"), Value: strings.Repeat("v", 76)}}},
		{Name: "fits", Label: lit("fits"), Value: strings.Repeat("文", 2000), URL: "https://example.com"},
	}}
	got := elements(testRenderer(t).Message(card, ""))
	require.Len(t, got, 1)
	require.Equal(t, "fits", got[0].(*slack.ButtonBlockElement).ActionID)
}

func TestLongPartsAreShortenedAndWholeInFiles(t *testing.T) {
	table := &messages.Table{Columns: []messages.Column{{Title: lit("name")}}}
	for i := range 100 {
		table.Rows = append(table.Rows, []messages.Text{lit(fmt.Sprintf("row-%d", i+1))})
	}
	tests := []struct {
		name        string
		section     messages.Section
		file        string
		shows, note string
		last        string
	}{
		{"log keeps its end", messages.Section{Code: &messages.Block{Language: "log", Content: numbered(200)}}, "log.txt", "request 200 done", "140 more", "request 200 done"},
		{"diff keeps its beginning", messages.Section{Code: &messages.Block{Language: "diff", Content: numbered(200)}}, "changes.diff", "request 1 done", "140 more", "request 200 done"},
		{"table keeps its heading", messages.Section{Table: table}, "table.txt", "row-40", "60 more", "row-100"},
		{"list", messages.Section{List: texts(60)}, "list.txt", "line 25", "35 more", "line 60"},
		{"paragraph", messages.Paragraph(lit(strings.Repeat("支付 ", 2000) + "END")), "text.txt", "支付", "shortened", "END"},
		{"one long line", messages.Section{Code: &messages.Block{Content: strings.Repeat("x", 9000) + "END"}}, "output.txt", "xxx", "shortened", "END"},
		{"wide cell", messages.Section{Table: &messages.Table{Columns: []messages.Column{{Title: lit("n")}}, Rows: [][]messages.Text{{lit(strings.Repeat("w", 250) + "END")}}}}, "table.txt", "www…", "shortened", "END"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := testRenderer(t).Message(messages.Card{Title: lit("x"), Sections: []messages.Section{test.section}}, "")
			shown := describe(t, Message{Text: got.Text, Blocks: got.Blocks})
			require.Contains(t, shown, test.shows)
			require.Contains(t, shown, test.note)
			require.Len(t, got.Overflow, 1)
			require.Equal(t, test.file, got.Overflow[0].Name)
			require.Contains(t, string(got.Overflow[0].Content), test.last)
		})
	}
}

func TestSectionsThatDoNotFitAreInOneFile(t *testing.T) {
	card := messages.Card{Title: lit("x")}
	for i := range 80 {
		card.Sections = append(card.Sections, messages.Paragraph(lit(fmt.Sprintf("part %d.", i+1))))
	}
	got := testRenderer(t).Message(card, "zh-CN")
	require.Len(t, got.Overflow, 1)
	require.Equal(t, "message.txt", got.Overflow[0].Name)
	require.Contains(t, string(got.Overflow[0].Content), "part 80.")
	require.Contains(t, describe(t, got), "part 47.")
	require.Contains(t, describe(t, got), "还有 33 项")
}

func TestLocale(t *testing.T) {
	card := messages.Card{Title: messages.New("card.confirm_no")}
	r := testRenderer(t)
	require.Equal(t, "Cancel", r.Message(card, "").Text)
	require.Equal(t, "取消", r.Message(card, "zh-TW").Text)
	r.Locale = messages.Chinese
	require.Equal(t, "取消", r.Message(card, "").Text)
	require.Equal(t, "取消", r.Message(card, "not a locale").Text)
	require.Equal(t, "Cancel", r.Message(card, "en-GB").Text)
}
