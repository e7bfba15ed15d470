package settings

import "testing"

func TestSuggest(t *testing.T) {
	known := []string{"bot_token", "app_token", "api_url"}
	for name, want := range map[string]string{
		"bot_tokn": "did you mean bot_token?", "apitoken": "did you mean app_token?", "url": "", "colour": "", "": "",
	} {
		if got := Suggest(name, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", name, got, want)
		}
	}
}
