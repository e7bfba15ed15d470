package main

import (
	"errors"
	"fmt"

	"opsbot/bot"
	"opsbot/bot/setup"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/messages"
)

func slackConnection(c configs.Config) bot.Connection {
	return bot.Connection{
		BotToken: c.Slack.BotToken.Reveal(), AppToken: c.Slack.AppToken.Reveal(), APIURL: c.Slack.APIURL.String(), HTTP: bot.NewHTTPClient(),
	}
}

// slackProblems is everything that keeps opsbot out of Slack, as one error.
func slackProblems(texts *messages.Catalogue, report setup.Report) error {
	printer := texts.Printer(messages.English, messages.Plain())
	var problems []error
	for _, f := range report.Findings {
		if !f.OK {
			problems = append(problems, fmt.Errorf("slack: %s %s", printer.Text(f.Text), printer.Text(f.Next)))
		}
	}
	return &slackRefusal{errors.Join(problems...)}
}

// slackRefusal is what a person has to mend before opsbot can work; trying again is of no use.
type slackRefusal struct{ error }

func (r *slackRefusal) Unwrap() error { return r.error }

// appManifest is the Slack app manifest that declares the catalogue's slash commands.
func appManifest(c configs.Config) ([]byte, error) {
	texts, err := messages.Load()
	if err != nil {
		return nil, err
	}
	catalog, err := describedCatalog(c)
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
