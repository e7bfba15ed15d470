package slacksim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func TestManifestValidation(t *testing.T) { // SF-7.5 to SF-7.8
	commands := func(list ...object) func(object) {
		return func(m object) {
			m["features"].(object)["slash_commands"] = list
			scopes("chat:write", "commands")(m)
		}
	}
	for name, c := range map[string]struct {
		change func(object)
		want   string
	}{
		"minimal":           {func(object) {}, ""},
		"command":           {commands(object{"command": "/ops", "description": "Ask"}), ""},
		"unknown key":       {func(m object) { m["extra"] = 1 }, "Additional property extra is not allowed"},
		"long name":         {func(m object) { m["display_information"] = object{"name": strings.Repeat("x", 36)} }, "String length must be less than or equal to 35"},
		"command sans /":    {commands(object{"command": "ops", "description": "Ask"}), "Does not match pattern"},
		"command twice":     {commands(object{"command": "/ops", "description": "a"}, object{"command": "/ops", "description": "b"}), "/ops is declared twice"},
		"commands no scope": {func(m object) { commands(object{"command": "/ops", "description": "Ask"})(m); scopes("chat:write")(m) }, "need the scope commands"},
		"no socket mode": {func(m object) { m["settings"] = object{"interactivity": object{"is_enabled": true}} },
			"Interactivity requires Socket Mode enabled"},
		"event without scope": {func(m object) {
			m["settings"].(object)["event_subscriptions"] = object{"bot_events": []string{"app_mention"}}
		}, "app_mention needs the scope app_mentions:read"},
	} {
		t.Run(name, func(t *testing.T) {
			err := slacksim.ValidateManifest(manifestWith(t, c.change))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestNothingUndeclaredIsDelivered(t *testing.T) { // SF-7.10
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{Manifest: manifestWith(t, func(m object) {
		delete(m["settings"].(object), "interactivity")
	})})
	s, _ := dial(t, w)
	_, err := w.User("dba").Mention("#ops", "", "hello")
	require.NoError(t, err)
	m, _ := form(t, w, "chat.postMessage", "channel", w.ChannelID("#ops"), "text", "x", "blocks",
		`[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Press"}}]}]`)
	live, _ := w.Message("#ops", m["ts"].(string))
	require.ErrorContains(t, w.User("dba").Click(live, "Press"), "not configured")
	w.DropSockets()
	s.ended() // and no frame before
}
