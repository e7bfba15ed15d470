// Package manifest reads an app's Slack manifest and checks it against Slack's published schema.
package manifest

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xeipuuv/gojsonschema"
	"sigs.k8s.io/yaml"
)

// Slack's published schema of app manifests, version 2.0.0.
//
//go:embed schema/manifest-2.0.0.json
var manifestSchema string

// Manifest is the part of an app manifest that changes how the workspace
// treats the app.
type Manifest struct {
	DisplayInformation struct {
		Name string `json:"name"`
	} `json:"display_information"`
	Features struct {
		BotUser struct {
			DisplayName string `json:"display_name"`
		} `json:"bot_user"`
		AppHome struct {
			HomeTabEnabled             bool  `json:"home_tab_enabled"`
			MessagesTabEnabled         *bool `json:"messages_tab_enabled"`
			MessagesTabReadOnlyEnabled bool  `json:"messages_tab_read_only_enabled"`
		} `json:"app_home"`
		SlashCommands []SlashCommand `json:"slash_commands"`
		Shortcuts     []Shortcut     `json:"shortcuts"`
	} `json:"features"`
	OAuthConfig struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		EventSubscriptions struct {
			BotEvents []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			IsEnabled bool `json:"is_enabled"`
		} `json:"interactivity"`
		SocketModeEnabled bool `json:"socket_mode_enabled"`
	} `json:"settings"`
}

// SlashCommand declares a slash command.
type SlashCommand struct {
	Command      string `json:"command"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint"`
	ShouldEscape bool   `json:"should_escape"`
}

// Shortcut declares a shortcut.
type Shortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // message or global
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

// Parse reads a YAML or JSON app manifest and checks it against Slack's schema and the rules beside it (SF-7.8).
// The error lists every problem.
func Parse(data []byte) (*Manifest, error) {
	doc, err := yaml.YAMLToJSON(data)
	if err != nil {
		return nil, fmt.Errorf("read app manifest: %w", err)
	}
	if err := checkManifestSchema(doc); err != nil {
		return nil, err
	}
	var m Manifest
	if err := json.Unmarshal(doc, &m); err != nil {
		return nil, fmt.Errorf("read app manifest: %w", err)
	}
	return &m, m.check()
}

func checkManifestSchema(doc []byte) error {
	result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(goSchema(manifestSchema)), gojsonschema.NewBytesLoader(doc))
	if err != nil {
		return fmt.Errorf("validate app manifest: %w", err)
	}
	var problems []error
	for _, e := range result.Errors() {
		problems = append(problems, fmt.Errorf("app manifest: %s: %s", e.Context().String(), e.Description()))
	}
	return errors.Join(problems...)
}

// goSchema rewrites the schema's one pattern with a lookahead, which Go's
// regular expressions do not have, to an equivalent one.
func goSchema(schema string) string {
	return strings.ReplaceAll(schema, `^(?![\\.\\-])([-a-z0-9\\.])+([a-z0-9])$`, `^[a-z0-9][-a-z0-9\\.]*[a-z0-9]$`)
}

func (m *Manifest) check() error {
	var problems []error
	fail := func(pointer, text string) {
		problems = append(problems, fmt.Errorf("app manifest: %s: %s", pointer, text))
	}
	s := m.Settings
	if !s.SocketModeEnabled && len(s.EventSubscriptions.BotEvents) > 0 {
		fail("/settings/event_subscriptions", "Event Subscription requires either Request URL or Socket Mode Enabled")
	}
	if !s.SocketModeEnabled && s.Interactivity.IsEnabled {
		fail("/settings/interactivity", "Interactivity requires Socket Mode enabled")
	}
	if len(m.Features.SlashCommands) > 0 && !m.HasScope("commands") {
		fail("/oauth_config/scopes/bot", "slash commands need the scope commands") // SF-7.4
	}
	for _, event := range s.EventSubscriptions.BotEvents {
		if scopes := EventScopes(event); len(scopes) > 0 && !m.HasAnyScope(scopes) {
			fail("/settings/event_subscriptions/bot_events", fmt.Sprintf("%s needs the scope %s", event, scopes[0]))
		}
	}
	seen := map[string]bool{}
	for _, c := range m.Features.SlashCommands {
		if seen[c.Command] {
			fail("/features/slash_commands", c.Command+" is declared twice")
		}
		seen[c.Command] = true
	}
	return errors.Join(problems...)
}

// HasScope tells whether the app asks for a bot scope.
func (m *Manifest) HasScope(scope string) bool {
	return slices.Contains(m.OAuthConfig.Scopes.Bot, scope)
}

// HasAnyScope tells whether the app asks for one of the scopes.
func (m *Manifest) HasAnyScope(scopes []string) bool {
	return slices.ContainsFunc(scopes, m.HasScope)
}

// Wants tells whether the app subscribes to an event.
func (m *Manifest) Wants(event string) bool {
	return slices.Contains(m.Settings.EventSubscriptions.BotEvents, event)
}

// Command returns the declaration of a slash command.
func (m *Manifest) Command(name string) (SlashCommand, bool) {
	i := slices.IndexFunc(m.Features.SlashCommands, func(c SlashCommand) bool { return c.Command == name })
	if i < 0 {
		return SlashCommand{}, false
	}
	return m.Features.SlashCommands[i], true
}

// Shortcut returns the declaration of a shortcut.
func (m *Manifest) Shortcut(callbackID string) (Shortcut, bool) {
	i := slices.IndexFunc(m.Features.Shortcuts, func(s Shortcut) bool { return s.CallbackID == callbackID })
	if i < 0 {
		return Shortcut{}, false
	}
	return m.Features.Shortcuts[i], true
}

// BotName is what people see as the author of the app's messages.
func (m *Manifest) BotName() string {
	if n := m.Features.BotUser.DisplayName; n != "" {
		return n
	}
	return m.DisplayInformation.Name
}
