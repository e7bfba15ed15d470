package configs

import "testing"

func TestSuggest(t *testing.T) {
	known := []string{"bot_token", "app_token", "api_url"}
	for name, want := range map[string]string{
		"bot_tokn": "did you mean bot_token?", "apitoken": "did you mean app_token?", "url": "", "colour": "", "": "",
	} {
		if got := suggest(name, known); got != want {
			t.Errorf("suggest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"listen", "listn", 1}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
