package setup

import (
	"fmt"

	"sigs.k8s.io/yaml"

	"opsbot/bot/mrkdwn"
	"opsbot/handlers"
	"opsbot/messages"
)

// Limits of the manifest (SF-2.4, SF-7.5, SF-7.6).
const (
	maxCommands            = 50
	maxDescription         = 2000
	maxUsageHint           = 1000
	maxShortcut            = 24
	maxShortcutDescription = 150
	umbrellaCommand        = "ops"
)

// ManifestOptions say what the app manifest declares.
type ManifestOptions struct {
	Name      string // of the app; default "opsbot"
	Catalogue *messages.Catalogue
	Locale    string
	// Commands are the first words of the operations; the umbrella command /ops is added.
	Commands []CommandSpec
	// Prefix goes before every command but /ops, for workspaces where a name is taken: "k-" makes /k-scale.
	Prefix string
	// UserGroups asks for the right to change the members of user groups.
	UserGroups bool
}

// Manifest generates the Slack app manifest as YAML. It fails when the commands do not fit Slack's limits, naming each.
func Manifest(o ManifestOptions) ([]byte, error) {
	if o.Name == "" {
		o.Name = "opsbot"
	}
	printer := o.Catalogue.Printer(o.Locale, messages.Plain())
	commands, err := manifestCommands(o, printer)
	if err != nil {
		return nil, err
	}
	var m manifest
	m.Metadata.Major, m.Metadata.Minor = 2, 1
	m.Display = manifestDisplay{Name: o.Name, Description: printer.Text(messages.New("bot.manifest"))}
	m.Features.BotUser.DisplayName, m.Features.BotUser.AlwaysOnline = o.Name, true
	m.Features.AppHome.HomeTab, m.Features.AppHome.MessagesTab = true, true
	m.Features.SlashCommands = commands
	m.Features.Shortcuts = []manifestShortcut{{
		Name: mrkdwn.CutPlain(printer.Text(messages.New("bot.shortcut.timeline")), maxShortcut), Type: "message", CallbackID: handlers.ShortcutTimeline,
		Description: mrkdwn.CutPlain(printer.Text(messages.New("bot.shortcut.timeline_about")), maxShortcutDescription),
	}}
	m.OAuth.Scopes.Bot = manifestScopes(o.UserGroups)
	m.Settings.Events.Bot = []string{"app_home_opened", "app_mention", "channel_shared", "channel_unshared", "message.im", "reaction_added", "reaction_removed", "user_change"}
	m.Settings.Interactivity.Enabled, m.Settings.SocketMode = true, true
	out, err := yaml.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write Slack manifest: %w", err)
	}
	return out, nil
}
