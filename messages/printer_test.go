package messages

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// testCatalogue holds entries of the test's own beside the embedded ones.
func testCatalogue(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for locale, list := range map[string]string{
		English: `{test.value: "{{.value}}", test.pods: {one: one pod, other: "{{.count}} pods"}, test.english: only English}`,
		Chinese: `{test.value: "{{.value}}", test.pods: {other: "{{.count}} 个 Pod"}}`,
	} {
		entries := c.entries[locale]
		if err := yaml.Unmarshal([]byte(list), &entries); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestPrinters(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("CST", 8*3600))
	tests := []struct {
		name            string
		value           any
		plain, markdown string
	}{
		{"string", "a*b|<c>\nd", "a*b|<c>\nd", `a\*b\|&lt;c&gt; d`},
		{"int", 3, "3", "3"},
		{"int64", int64(-3), "-3", "-3"},
		{"duration", 90 * time.Second, "1m 30s", "1m 30s"},
		{"time", at, "19:04:05 UTC", "19:04:05 UTC"},
		{"date", Date(at), "2026-01-01 19:04 UTC", "2026-01-01 19:04 UTC"},
		{"text", New("test.pods", "count", 2), "2 pods", "2 pods"},
		{"literal", Literal("_x_"), "_x_", `\_x\_`},
		{"user", User("U1"), "@U1", "@U1"},
		{"channel", Channel("C1"), "#C1", "#C1"},
		{"code", Code("a`b"), "a`b", "`a'b`"},
		{"link", Link{URL: "https://x.example", Label: "[x]"}, "[x] (https://x.example)", `[\[x\]](https://x.example)`},
		{"error", errors.New("no <b>"), "no <b>", "no &lt;b&gt;"},
		{"stringer", time.March, "March", "March"},
		{"other", 1.5, "1.5", "1.5"},
	}
	c := testCatalogue(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := roundTrip(t, New("test.value", "value", test.value))
			if got := c.Printer(English, Plain()).Text(text); got != test.plain {
				t.Errorf("plain: got %q, want %q", got, test.plain)
			}
			if got := c.Printer(English, Markdown()).Text(text); got != test.markdown {
				t.Errorf("Markdown: got %q, want %q", got, test.markdown)
			}
		})
	}
}

// roundTrip stores text as the outbox does, and fails if it comes back different.
func roundTrip[T any](t *testing.T, v T) T {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back T
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, back); diff != "" {
		t.Errorf("JSON round trip (-want +got):\n%s", diff)
	}
	return back
}

func TestLanguages(t *testing.T) {
	c := testCatalogue(t)
	tests := []struct {
		locale string
		text   Text
		want   string
	}{
		{English, New("test.pods", "count", 1), "one pod"},
		{English, New("test.pods", "count", 2), "2 pods"},
		{Chinese, New("test.pods", "count", 1), "1 个 Pod"},
		{"zh-TW", New("test.pods", "count", 1), "1 个 Pod"},
		{"en-GB", New("test.pods", "count", 1), "one pod"},
		{"fr", New("test.pods", "count", 2), "2 pods"},
		{"", New("test.pods", "count", 2), "2 pods"},
		{English, New("test.nowhere"), "[test.nowhere]"},
		{English, Text{}, ""},
	}
	for _, test := range tests {
		if got := c.Printer(test.locale, Plain()).Text(test.text); got != test.want {
			t.Errorf("%s in %q: got %q, want %q", test.text.ID, test.locale, got, test.want)
		}
	}
	if got := c.Match("fr", Chinese); got != Chinese {
		t.Errorf("a language that the catalogue lacks: got %q", got)
	}
}

func TestNewRefusesMalformedArguments(t *testing.T) {
	for name, args := range map[string][]any{"no value": {"a"}, "name is not a string": {1, 2}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			New("test.value", args...)
		})
	}
}

func TestDuration(t *testing.T) {
	tests := map[time.Duration]string{
		0:                               "0s",
		350 * time.Millisecond:          "350ms",
		time.Second - 1:                 "999ms",
		time.Second:                     "1s",
		59*time.Second + 999999999:      "59s",
		time.Minute:                     "1m",
		4*time.Minute + 30*time.Second:  "4m 30s",
		2*time.Hour + 5*time.Minute:     "2h 5m",
		24*time.Hour - 1:                "23h 59m",
		76 * time.Hour:                  "3d 4h",
		-(time.Minute + 30*time.Second): "-1m 30s",
	}
	for d, want := range tests {
		if got := Duration(d); got != want {
			t.Errorf("%d: got %q, want %q", d, got, want)
		}
	}
}
