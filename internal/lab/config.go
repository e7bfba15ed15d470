package lab

import (
	"fmt"
	"os"

	"opsbot/slacksim"
)

// Config is a configuration file of opsbot: defaults but for addresses and places.
type Config struct {
	Slack      *slacksim.Workspace
	Cluster    string // its name
	Kubeconfig string
	Listen     string
	Token      string // of the webhook
	Storage    string // URL
	Backup     string // directory
	Contacts   string // file
	More       string // further lines of YAML
}

const configFile = `slack: {bot_token: %q, app_token: %q, api_url: %q}
kubernetes: {name: %q, kubeconfig: %q}
http: {listen: %q}
webhook: {bearer_tokens: [%q]}
storage: {url: %q}
backup: {url: %q}
contacts: %q
locale: en
%s`

// Write writes the file.
func (c Config) Write(file string) error {
	text := fmt.Sprintf(configFile, c.Slack.BotToken(), c.Slack.AppToken(), c.Slack.APIURL(), c.Cluster, c.Kubeconfig,
		c.Listen, c.Token, c.Storage, "file://"+c.Backup, c.Contacts, c.More)
	return os.WriteFile(file, []byte(text), 0o600)
}
