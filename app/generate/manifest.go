package generate

import (
	"opsbot/app/configured"
	"opsbot/bot/setup"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Manifest is the Slack app manifest that declares the catalogue's slash commands.
func Manifest(c configs.Config) ([]byte, error) {
	texts, err := messages.Load()
	if err != nil {
		return nil, err
	}
	catalog, err := configured.DescribedCatalog(c)
	if err != nil {
		return nil, err
	}
	return setup.Manifest(setup.ManifestOptions{
		Catalogue: texts, Locale: c.Locale, Commands: slashCommands(catalog), Prefix: c.Slack.CommandPrefix,
		UserGroups: len(c.Slack.UserGroups.ByRole()) > 0,
	})
}

// slashCommands are the catalogue's slash commands as the manifest declares them.
func slashCommands(catalog []k8sops.Operation) []setup.CommandSpec {
	var commands []setup.CommandSpec
	for _, c := range k8sops.SlashCommands(catalog) {
		commands = append(commands, setup.CommandSpec{Name: c.Name, Description: c.Summary, UsageHint: c.Usage})
	}
	return commands
}
