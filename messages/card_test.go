package messages

import (
	"strings"
	"testing"
	"time"
)

func wholeCard() Card {
	return Card{
		Tone:         ToneWarning,
		Title:        Literal("Plan: *scale*\nuser-service"),
		Notification: Literal("plan"),
		Facts:        []Fact{{Literal("Object"), New("test.value", "value", Code("deploy/user"))}, {Literal("对象"), Literal("a|b")}},
		Sections: []Section{
			Paragraph(New("test.pods", "count", 2)),
			{List: []Text{Literal("one"), Literal("two\nlines")}},
			{Table: &Table{Columns: []Column{{Title: Literal("服务")}, {Title: Literal("CPU"), Right: true}},
				Rows: [][]Text{{Literal("支付"), Literal("5m")}, {Literal("a|b"), Literal("120m")}}}},
			{Code: &Block{Language: "diff", Content: "-a\n+```b\n"}},
			{Finding: &Finding{Tone: ToneBad, Text: Literal("down"), Action: &Action{Name: "run", Label: Literal("Logs"), Value: "/logs"}}},
			{Actions: []Action{{Name: "menu", Label: Literal("Assign"), Options: []Option{{Literal("DBA"), "dba"}}}}},
		},
		Actions: []Action{{Name: "ok", Label: Literal("Confirm"), Style: StyleDanger, URL: "https://x.example",
			Confirm: &Confirm{Literal("t"), Literal("x"), Literal("y"), Literal("n")}}, {Name: "no", Label: Literal("Cancel")}},
		Footer: []Text{New("test.value", "value", User("U1")), {}, Literal("call_7")},
		Files:  []File{{Name: "plan_1.txt", Title: Literal("Plan"), Content: []byte("x")}},
	}
}

func TestCardRoundTrip(t *testing.T) {
	roundTrip(t, wholeCard())
	roundTrip(t, Outbound{Key: "incident/12/header", Lane: LaneHeader, Channel: "C1", Card: wholeCard(), NotAfter: time.Unix(1_700_000_000, 5).UTC()})
}

func TestCardPlain(t *testing.T) {
	want := `⚠️ Plan: *scale* user-service

Object: deploy/user
对象:   a|b

2 pods

• one
• two lines

服务   CPU
────  ────
支付    5m
a|b   120m

-a
+´´´b

🔴 down  [ Logs ]

[ Assign ]

[ Confirm ] [ Cancel ]

@U1 · call_7

📎 plan_1.txt`
	compare(t, want, testCatalogue(t).Printer(English, Plain()).CardPlain(wholeCard()))
}

func TestCardMarkdown(t *testing.T) {
	want := `### ⚠️ Plan: \*scale\* user-service

- **Object:** ´deploy/user´
- **对象:** a\|b

2 pods

- one
- two lines

| 服务 | CPU |
| --- | ---: |
| 支付 | 5m |
| a\|b | 120m |

´´´´diff
-a
+´´´b
´´´´

🔴 down  \[ Logs \]

\[ Assign \]

\[ Confirm \] \[ Cancel \]

_@U1 · call\_7_

📎 plan\_1.txt`
	compare(t, want, testCatalogue(t).Printer(English, Markdown()).CardMarkdown(wholeCard()))
}

// compare takes ´ for a backtick, which a raw string cannot hold.
func compare(t *testing.T, want, got string) {
	t.Helper()
	if want = strings.ReplaceAll(want, "´", "`"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestEmptyCard(t *testing.T) {
	p := testCatalogue(t).Printer(English, Markdown())
	if got := p.CardPlain(Card{Title: Literal("only"), Sections: []Section{{}}}); got != "only" {
		t.Errorf("plain: %q", got)
	}
	if got := p.CardMarkdown(Card{Title: Literal("only"), Sections: []Section{{Table: &Table{}}}}); got != "### only" {
		t.Errorf("Markdown: %q", got)
	}
}

func TestDisplayWidth(t *testing.T) {
	tests := map[string]int{"": 0, "abc": 3, "支付": 4, "ｱ": 1, "Ａ": 2, "e\u0301": 1, "✅": 2, "⚠": 1, "⚠️": 2, "a\u200db": 2}
	for s, want := range tests {
		if got := DisplayWidth(s); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}

func TestCutWidth(t *testing.T) {
	tests := []struct {
		s       string
		columns int
		want    string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"支付服务", 5, "支付…"}, {"支付服务", 6, "支付…"}, {"a⚠️b", 3, "a…"}}
	for _, test := range tests {
		got := CutWidth(test.s, test.columns)
		if got != test.want || DisplayWidth(got) > test.columns {
			t.Errorf("%q to %d: got %q, want %q", test.s, test.columns, got, test.want)
		}
	}
}

func TestTone(t *testing.T) {
	for _, tone := range []Tone{ToneGood, ToneWarning, ToneBad, ToneRunning, ToneInfo} {
		if tone.Symbol() == "" || tone.Mark("x") != tone.Symbol()+" x" {
			t.Errorf("%s: symbol %q", tone, tone.Symbol())
		}
	}
	if got := ToneNone.Mark("x"); got != "x" {
		t.Errorf("no tone: %q", got)
	}
}
