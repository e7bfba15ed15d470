package messages

import (
	"testing"

	"sigs.k8s.io/yaml"
)

func TestMarkupCannotBeBrokenOutOf(t *testing.T) {
	var page HTMLPage
	untrusted := `"><script>alert('&')</script>`
	printer := testCatalogue(t).Printer(English, HTML())
	page.Add(`<p title="`, EscapeHTML(untrusted), `">`, printer.Markup(New("test.value", "value", untrusted)), "</p>")
	escaped := "&#34;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"
	if want := `<p title="` + escaped + `">` + escaped + "</p>"; page.String() != want {
		t.Errorf("got %s, want %s", page.String(), want)
	}
	if got := Markup(`say "no"`).Attribute(); got != "say &#34;no&#34;" {
		t.Errorf("attribute %s", got)
	}
}

func TestFormsOfTheCatalogue(t *testing.T) {
	for text, wrong := range map[string]bool{
		`"{{.a}} and {{ .b }}"`: false, `{one: "1", other: "{{.count}}"}`: false, `no argument`: false,
		`"{{a}}"`: true, `"{{.a | upper}}"`: true, `"{{.a.b}}"`: true, `"{{.a"`: true, `{one: "1"}`: true, `[1]`: true, `{other: 1}`: true,
	} {
		var f forms
		if err := yaml.Unmarshal([]byte(text), &f); (err != nil) != wrong {
			t.Errorf("%s: %v", text, err)
		}
	}
}
