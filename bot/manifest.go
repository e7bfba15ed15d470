package bot

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

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

// CommandSpec is one slash command: its name without the slash, what it does, and what may follow it.
type CommandSpec struct {
	Name        string
	Description messages.Text
	UsageHint   string
}

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

// The shape of Slack's manifest schema 2, as far as opsbot uses it.
type manifest struct {
	Metadata struct {
		Major int `json:"major_version"`
		Minor int `json:"minor_version"`
	} `json:"_metadata"`
	Display  manifestDisplay  `json:"display_information"`
	Features manifestFeatures `json:"features"`
	OAuth    struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings manifestSettings `json:"settings"`
}

type manifestDisplay struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type manifestFeatures struct {
	BotUser struct {
		DisplayName  string `json:"display_name"`
		AlwaysOnline bool   `json:"always_online"`
	} `json:"bot_user"`
	AppHome struct {
		HomeTab          bool `json:"home_tab_enabled"`
		MessagesTab      bool `json:"messages_tab_enabled"`
		MessagesReadOnly bool `json:"messages_tab_read_only_enabled"`
	} `json:"app_home"`
	SlashCommands []manifestCommand  `json:"slash_commands"`
	Shortcuts     []manifestShortcut `json:"shortcuts"`
}

type manifestShortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

// manifestCommand sets should_escape: a person typed as @name then arrives as an id, which is what assigning and
// paging need; typedText takes back what it does to links (SF-2.2).
type manifestCommand struct {
	Command      string `json:"command"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint,omitempty"`
	ShouldEscape bool   `json:"should_escape"`
}

type manifestSettings struct {
	Events struct {
		Bot []string `json:"bot_events"`
	} `json:"event_subscriptions"`
	Interactivity struct {
		Enabled bool `json:"is_enabled"`
	} `json:"interactivity"`
	SocketMode    bool `json:"socket_mode_enabled"`
	OrgDeploy     bool `json:"org_deploy_enabled"`
	TokenRotation bool `json:"token_rotation_enabled"`
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
		Name: cutPlain(printer.Text(messages.New("bot.shortcut.timeline")), maxShortcut), Type: "message", CallbackID: handlers.ShortcutTimeline,
		Description: cutPlain(printer.Text(messages.New("bot.shortcut.timeline_about")), maxShortcutDescription),
	}}
	m.OAuth.Scopes.Bot = manifestScopes(o.UserGroups)
	m.Settings.Events.Bot = []string{"app_home_opened", "app_mention", "message.im", "reaction_added", "reaction_removed"}
	m.Settings.Interactivity.Enabled, m.Settings.SocketMode = true, true
	out, err := yaml.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write Slack manifest: %w", err)
	}
	return out, nil
}

func manifestCommands(o ManifestOptions, printer *messages.Printer) ([]manifestCommand, error) {
	commands := []manifestCommand{{
		Command: "/" + umbrellaCommand, Description: printer.Text(messages.New("bot.ops_command")),
		UsageHint: printer.Text(messages.New("bot.ops_usage")), ShouldEscape: true,
	}}
	for _, c := range o.Commands {
		if c.Name == umbrellaCommand {
			continue
		}
		commands = append(commands, manifestCommand{
			Command: "/" + o.Prefix + c.Name, Description: cutPlain(printer.Text(c.Description), maxDescription),
			UsageHint: cutPlain(c.UsageHint, maxUsageHint), ShouldEscape: true,
		})
	}
	return commands, checkCommands(commands)
}

func checkCommands(commands []manifestCommand) error {
	valid := regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)
	var faults []error
	if len(commands) > maxCommands {
		faults = append(faults, fmt.Errorf("%d slash commands, Slack allows %d per app", len(commands), maxCommands))
	}
	for i, c := range commands {
		if !valid.MatchString(c.Command) {
			faults = append(faults, fmt.Errorf("slash command %q: Slack wants lower-case letters, digits, - and _, at most 32 characters", c.Command))
		}
		if strings.TrimSpace(c.Description) == "" {
			faults = append(faults, fmt.Errorf("slash command %s has no description", c.Command))
		}
		if slices.ContainsFunc(commands[:i], func(earlier manifestCommand) bool { return earlier.Command == c.Command }) {
			faults = append(faults, fmt.Errorf("slash command %s is declared twice", c.Command))
		}
	}
	return errors.Join(faults...)
}
