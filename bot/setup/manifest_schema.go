package setup

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
// paging need; mrkdwn.TypedText undoes what it does to links (SF-2.2).
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
